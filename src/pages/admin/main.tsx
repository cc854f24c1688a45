/** The administration page, put into its document. */
import { render } from 'preact'
import './styles/page.css'

const place = document.getElementById('page')
if (place) render(<main>backo</main>, place)
