/**
 * The program as one file: Node itself with the package and the libraries outside its bundle inside it, as
 * `dist/binary/backo` (https://nodejs.org/api/single-executable-applications.html). Run by `npm run build:binary`, for
 * the machine and the Node that it runs on. What it does when started: binary-start.cjs.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serialize } from 'node:v8'
import { brotliCompressSync, constants } from 'node:zlib'
import { inject } from 'postject'
import { EXTERNAL } from './external.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const made = join(root, 'dist', 'binary')
/** Sources to compile them, what only types need, and what only installs them. */
const UNNEEDED = /^(deps|src|docs?|test|build\/(?!Release\/[^/]+\.node$))|\.(map|md|ts|cts|mts)$/
const ONLY_INSTALLS = new Set(['prebuild-install', '@types/whatwg-url'])

rmSync(made, { recursive: true, force: true })
mkdirSync(made, { recursive: true })

const files = new Map([...packageFiles(), ...libraryFiles()])
files.set('start.cjs', Buffer.from("module.exports = () => import('./dist/bundle/main.js')\n"))
const content = brotliCompressSync(serialize(files), {
  params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 24 },
})
writeFileSync(join(made, 'content'), content)
writeFileSync(join(made, 'digest'), createHash('sha256').update(content).digest('hex'))
writeFileSync(
  join(made, 'sea.json'),
  JSON.stringify({
    main: join(root, 'scripts', 'binary-start.cjs'),
    output: join(made, 'blob'),
    disableExperimentalSEAWarning: true,
    assets: { content: join(made, 'content'), digest: join(made, 'digest') },
  }),
)
execFileSync(process.execPath, ['--experimental-sea-config', join(made, 'sea.json')])
const target = join(made, process.platform === 'win32' ? 'backo.exe' : 'backo')
copyFileSync(realpathSync(process.execPath), target)
chmodSync(target, 0o755)
await inject(target, 'NODE_SEA_BLOB', readFileSync(join(made, 'blob')), {
  sentinelFuse: 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2',
  ...(process.platform === 'darwin' && { machoSegmentName: 'NODE_SEA' }),
})
for (const name of ['content', 'digest', 'sea.json', 'blob']) rmSync(join(made, name))
const size = (statSync(target).size / 2 ** 20).toFixed(0)
process.stdout.write(`${relative(root, target)}: ${size} MiB, ${files.size} files inside\n`)

/** What the npm package has, less the library for programs that embed the server. */
function packageFiles() {
  const [{ files: packed }] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 2 ** 26,
    }),
  )
  return packed
    .map(({ path }) => path)
    .filter((path) => !path.startsWith('dist/src/'))
    .map((path) => [path, readFileSync(join(root, path))])
}

/** The libraries outside the bundle, and what they need. */
function libraryFiles() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const found = new Map()
  const visit = (name) => {
    const at = `node_modules/${name}`
    if (found.has(at) || ONLY_INSTALLS.has(name) || !existsSync(join(root, at))) return
    found.set(at, true)
    const { dependencies = {}, optionalDependencies = {} } = packages[at] ?? {}
    for (const each of Object.keys({ ...dependencies, ...optionalDependencies })) visit(each)
  }
  for (const name of EXTERNAL) visit(name)
  return [...found.keys()].flatMap((at) =>
    filesIn(join(root, at))
      .map((path) => relative(join(root, at), path))
      .filter((path) => !UNNEEDED.test(path))
      .map((path) => [`${at}/${path}`, readFileSync(join(root, at, path))]),
  )
}

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesIn(path)
    return entry.isFile() ? [path] : []
  })
}
