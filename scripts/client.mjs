/** The sources of the client that `backo types` prints, as they stand: dist/client. `npm run build` runs this after tsc. */
import { cpSync } from 'node:fs'

const at = (path) => new URL(`../${path}`, import.meta.url)
cpSync(at('src/client'), at('dist/client'), { recursive: true })
