/**
 * The program as one file, made anew, in a folder where there is nothing else: no node_modules, no PATH to Node.
 * Its addons (SQLite, argon2), hooks in TypeScript, threads, workers and pages must all be inside.
 */
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { ROOT, spawnBacko } from '../support/spawn-backo.ts'

const run = promisify(execFile)
const YAML = `
backo: 1
name: alone
hooks: ./hooks.ts
auth: { secret: 0123456789abcdef0123456789abcdef, login: { collection: users, login: $.login, password: $.password } }
collections:
  users: { fields: { login: String, password: Password } }
  teas: { on: { before_save: refuse }, fields: { name: String } }
`
const HOOKS = `
import { BackoError, type EventHook } from 'backo'
export const refuse: EventHook = () => {
  throw new BackoError(418, 'a teapot')
}
`

t.setTimeout(400_000)

t.test('one file that needs nothing beside it', async (t) => {
  await run(process.execPath, ['scripts/binary.mjs'], { cwd: ROOT, maxBuffer: 2 ** 26 })
  const folder = t.testdir({ 'backo.yaml': YAML, 'hooks.ts': HOOKS, bin: {} })
  const name = process.platform === 'win32' ? 'backo.exe' : 'backo'
  cpSync(join(ROOT, 'dist', 'binary', name), join(folder, 'bin', name))
  const cache = join(folder, 'cache')
  const env = { PATH: '/nowhere', HOME: folder, BACKO_CACHE: cache }
  const program = join(folder, 'bin', name)
  const { stdout: version } = await run(program, ['--version'], { cwd: folder, env })
  t.match(version, /^\d+\.\d+\.\d+/)
  await t.resolves(run(program, ['validate'], { cwd: folder, env }))

  for (const args of [[], ['--workers', '2']]) {
    const server = await spawnBacko('backo.yaml', { cwd: folder, command: [program], args, env })
    const post = async (url: string, body: object): Promise<Response> =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const user = { login: `ann${args.length}`, password: 'a long password' }
    t.equal((await post(`${server.url}/users`, user)).status, 201, 'SQLite and argon2')
    t.equal((await post(new URL('/login', server.url).href, user)).status, 200)
    t.equal((await post(`${server.url}/teas`, { name: 'green' })).status, 418, 'a hook')
    t.equal((await fetch(`${server.url}/_admin`)).status, 200, 'pages')
    t.equal(await server.stop(), 0)
  }
  const [unpacked = ''] = readdirSync(join(cache, 'backo'))
  t.equal(readdirSync(join(cache, 'backo')).length, 1, 'unpacked once')

  // another has put something in its place
  const strange = join(folder, 'strange')
  mkdirSync(join(strange, 'backo'), { recursive: true })
  symlinkSync(join(cache, 'backo', unpacked), join(strange, 'backo', unpacked))
  const { stdout } = await run(program, ['--version'], {
    cwd: folder,
    env: { ...env, BACKO_CACHE: strange, TMPDIR: join(folder, 'tmp') },
  })
  t.equal(stdout, version, 'a link is not followed: the folder for temporary files serves')
  t.same(readdirSync(join(folder, 'tmp')).length, 1)
})
