/**
 * The pages for people: each folder of src/pages that has a main.ts or main.tsx becomes dist/pages/<name>, its
 * index.html with assets under hashed names, which src/http/pages.ts serves. `npm run build` runs this.
 */
import { build } from 'esbuild'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { licenses } from './licenses.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const source = join(root, 'src', 'pages')
const pages = join(root, 'dist', 'pages')
// another process may be reading the old ones
const made = `${pages}.${process.pid}`
process.on('exit', () => rmSync(made, { recursive: true, force: true }))

for (const name of readdirSync(source)) {
  const main = ['main.tsx', 'main.ts'].find((file) => existsSync(join(source, name, file)))
  if (main !== undefined) await buildPage(name, main)
}
rmSync(pages, { recursive: true, force: true })
renameSync(made, pages)

async function buildPage(name, main) {
  const folder = join(made, name)
  mkdirSync(folder, { recursive: true })
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [join('src', 'pages', name, main)],
    // dashes alone: names are parts of paths
    entryNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome120', 'firefox120', 'safari17'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  })
  const assets = Object.keys(metafile.outputs).map((file) => basename(file))
  const html = readFileSync(join(source, name, 'index.html'), 'utf8')
    .replace('{{script}}', `{{base}}/_assets/${assets.find((file) => file.endsWith('.js'))}`)
    .replace('{{style}}', `{{base}}/_assets/${assets.find((file) => file.endsWith('.css'))}`)
  writeFileSync(join(folder, 'index.html'), html)
  writeFileSync(join(folder, 'LICENSES.txt'), licenses(root, Object.keys(metafile.inputs)))
  const size = assets.reduce(
    (sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length,
    0,
  )
  process.stdout.write(`page ${name}: ${Math.ceil(size / 1024)} KiB gzipped\n`)
}
