/** The administration page, put into its document. */
import { render } from 'preact'
import { App } from './app.tsx'
import './styles/page.css'

const place = document.getElementById('page')
if (place) render(<App />, place)
