/**
 * The first code of the single-file executable. Addons and lazily loaded code must be files, so what the executable
 * holds is unpacked once, into a folder of this user alone that is named by its digest, and run from there.
 */
const { createRequire } = require('node:module')
const fs = require('node:fs')
const { homedir, tmpdir, userInfo } = require('node:os')
const path = require('node:path')
const { getAsset } = require('node:sea')

const digest = getAsset('digest', 'utf8')
const folderName = `backo-${digest.slice(0, 32)}`

function unpackInto(parent) {
  fs.mkdirSync(parent, { recursive: true, mode: 0o700 })
  const folder = path.join(parent, folderName)
  if (fs.existsSync(folder)) return expectOwn(folder)
  const { deserialize } = require('node:v8')
  const { brotliDecompressSync } = require('node:zlib')
  const content = Buffer.from(getAsset('content'))
  const unpacked = fs.mkdtempSync(path.join(parent, `${folderName}.`))
  try {
    for (const [name, bytes] of deserialize(brotliDecompressSync(content))) {
      fs.mkdirSync(path.dirname(path.join(unpacked, name)), { recursive: true })
      fs.writeFileSync(path.join(unpacked, name), bytes)
    }
    fs.renameSync(unpacked, folder)
  } catch (error) {
    fs.rmSync(unpacked, { recursive: true, force: true })
    // another process was first
    if (!fs.existsSync(folder)) throw error
  }
  return expectOwn(folder)
}

/** In a folder that many may write to, somebody else may have made it. */
function expectOwn(folder) {
  const { uid, mode } = fs.lstatSync(folder)
  const isOwn = typeof process.getuid !== 'function' || uid === process.getuid()
  if (!isOwn || (process.platform !== 'win32' && (mode & 0o022) !== 0))
    throw new Error(`${folder} is not this user's alone`)
  return folder
}

/** Where the home can't be written to, the folder for temporary files serves. */
function unpack() {
  const cache =
    process.env.BACKO_CACHE ?? process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache')
  const places = [path.join(cache, 'backo'), path.join(tmpdir(), `backo-of-${userInfo().uid}`)]
  const faults = []
  for (const place of places)
    try {
      return unpackInto(place)
    } catch (error) {
      faults.push(error.message)
    }
  process.stderr.write(
    `backo: its files can't be unpacked: ${faults.join('; ')}\n    hint: name a folder that can be written to in BACKO_CACHE\n`,
  )
  process.exit(2)
}

const folder = unpack()
// a worker (src/cli/workers.ts) is started as if this were Node, with the program as its first argument
const args = process.argv.slice(process.env.BACKO_WORKER === undefined ? 2 : 3)
createRequire(path.join(folder, 'start.cjs'))('./start.cjs')()
  .then(({ main }) => main(args))
  .then((code) => {
    process.exitCode = code
  })
