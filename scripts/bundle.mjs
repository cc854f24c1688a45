/**
 * The command in a few files: dist/src/cli/main.js and all that it imports, libraries too, as dist/bundle, which
 * bin/backo.js runs. Finding and reading 900 small files took more than half of a start. The library stays as tsc
 * makes it, with the libraries that its user has installed. `npm run build` runs this after tsc.
 */
import { build } from 'esbuild'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EXTERNAL } from './external.mjs'
import { licenses } from './licenses.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const bundle = join(root, 'dist', 'bundle')
// another process may be starting from the old one
const made = `${bundle}.${process.pid}`
process.on('exit', () => rmSync(made, { recursive: true, force: true }))

const { metafile } = await build({
  absWorkingDir: root,
  // a thread is loaded by its address, beside what starts it
  entryPoints: ['dist/src/cli/main.js', 'dist/src/connectors/sqlite/reader-thread.js'],
  entryNames: '[name]',
  outdir: made,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: EXTERNAL,
  // what is CommonJS among the libraries requires the modules of Node
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'\nconst require = requireOf(import.meta.url)",
  },
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
})
expectAll(made)
writeFileSync(join(made, 'LICENSES.txt'), licenses(root, Object.keys(metafile.inputs)))
rmSync(bundle, { recursive: true, force: true })
renameSync(made, bundle)

/** What our code finds by its address must be there too. */
function expectAll(folder) {
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.js'))) {
    const text = readFileSync(join(folder, name), 'utf8')
    for (const [, path] of text.matchAll(/new URL\("(\.[^"]+)", import\.meta\.url\)/g))
      if (!existsSync(join(folder, path)))
        throw new Error(`${name} looks for ${path}: make it an entry of the bundle`)
  }
}
