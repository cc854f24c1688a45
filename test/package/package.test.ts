/**
 * The package as npm ships it, used elsewhere: the command, the library, the types. Dependencies are linked
 * from this checkout, so that nothing is downloaded or built.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { ROOT, spawnBacko } from '../support/spawn-backo.ts'
import { typeCheck } from '../support/type-check.ts'

const run = promisify(execFile)
const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] }

/** A folder with node_modules/backo from the tarball. `--ignore-scripts`: dist is built, and in use. */
async function install(folder: string): Promise<readonly string[]> {
  const { stdout } = await run(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
    { cwd: ROOT, env },
  )
  const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[]
  const modules = join(folder, 'node_modules')
  const own = join(modules, 'backo')
  mkdirSync(own, { recursive: true })
  await run('tar', [
    // each file as old as its own writing, as npm has it
    '-xmzf',
    join(folder, packed?.filename ?? ''),
    '-C',
    own,
    '--strip-components=1',
  ])
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name.startsWith('.')) continue
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
  }
  mkdirSync(join(modules, '.bin'))
  symlinkSync(join(own, 'bin', 'backo.js'), join(modules, '.bin', 'backo'))
  writeFileSync(join(folder, 'package.json'), '{ "name": "elsewhere", "type": "module" }')
  return packed?.files.map(({ path }) => path) ?? []
}

const USE = `
import { BackoError, ConfigError, createApp } from 'backo'
const app = await createApp({ directory: process.cwd(), text: {
  backo: 1, name: 'embedded', storage: { default: { type: 'memory' } },
  server: { log: { level: 'silent' } },
  collections: { things: { fields: { name: { type: 'String', required: true } } } },
} })
app.fastify.get('/mine', async () => ({ mine: true }))
const made = await app.inject({ method: 'POST', url: '/embedded/things', payload: { name: 'x' } })
const mine = await app.inject('/mine')
const page = await app.inject('/embedded/_admin')
await app.close()
const faults = await createApp({ directory: process.cwd(), text: 'backo: 1' }).catch((error) => error)
console.log(JSON.stringify({
  made: made.statusCode, mine: mine.json(), page: page.statusCode,
  faults: faults instanceof ConfigError && faults.findings.length > 0,
  error: new BackoError(418, 'tea').status,
}))
`

/** What a hook imports is the program that runs it, not a second one beside it. */
const HOOKED = `
backo: 1
name: hooked
storage: { default: { type: memory } }
hooks: ./hooks.ts
collections:
  teas: { on: { before_save: refuse }, fields: { name: String } }
`
const HOOKS = `
import { BackoError, type EventHook } from 'backo'
export const refuse: EventHook = () => {
  throw new BackoError(418, 'a teapot')
}
`

const TYPED = `
import { BackoError, createApp, type ActionHook, type App, type EventHook, type Finding } from 'backo'
export const borrow: ActionHook = async ({ item, action }) => {
  item['borrowed'] = action['until']
  await item.save()
}
export const check: EventHook = ({ event }) => {
  if (event === 'before_delete') throw new BackoError(409, 'no')
}
export async function start(): Promise<string> {
  const app: App = await createApp('./backo.yaml')
  const warnings: readonly Finding[] = app.findings
  return \`\${warnings.length} \${await app.listen({ port: 0 })}\`
}
// @ts-expect-error a file or a text with its folder
void createApp(3)
`

t.test('the packed package, elsewhere', async (t) => {
  const folder = t.testdir({ 'use.mjs': USE, 'hooked.yaml': HOOKED, 'hooks.ts': HOOKS })
  const files = await install(folder)
  const expected = [
    'bin/backo.js',
    'dist/bundle/main.js',
    'dist/bundle/reader-thread.js',
    'dist/bundle/LICENSES.txt',
    'dist/fits-schema.cjs',
    'dist/client/client.ts',
    'dist/pages/docs/index.html',
    'dist/pages/admin/index.html',
    'dist/pages/admin/LICENSES.txt',
    'dist/src/index.js',
    'dist/src/index.d.ts',
    'schemas/backo.schema.json',
    'examples/quickstart/backo.yaml',
    'README.md',
    'CHANGELOG.md',
    'LICENSE',
  ]
  for (const path of expected) t.ok(files.includes(path), path)
  const strays = files.filter((path) =>
    /(^test|dist\/test|dist\/src\/cli|\.map$|\/data\/|\.db|^src)/.test(path),
  )
  t.same(strays, [], 'nothing that is not for users')

  const { stdout: version } = await run('npx', ['--no-install', 'backo', '--version'], {
    cwd: folder,
    env,
  })
  t.match(version, /^\d+\.\d+\.\d+/)

  const { stdout } = await run(process.execPath, ['use.mjs'], { cwd: folder, env })
  t.same(JSON.parse(stdout), {
    made: 201,
    mine: { mine: true },
    page: 200,
    faults: true,
    error: 418,
  })

  const command = ['node_modules/.bin/backo']
  const server = await spawnBacko(
    join('node_modules', 'backo', 'examples', 'quickstart', 'backo.yaml'),
    { cwd: folder, command },
  )
  t.equal((await fetch(`${server.url}/users`)).status, 200)
  const page = await (await fetch(`${server.url}/_admin`)).text()
  const script = /src="([^"]+)"/.exec(page)?.[1] ?? ''
  t.equal((await fetch(new URL(script, server.url))).status, 200, 'the page, out of the bundle')
  t.equal(await server.stop(), 0)

  const hooked = await spawnBacko('hooked.yaml', { cwd: folder, command })
  const refused = await fetch(`${hooked.url}/teas`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{ "name": "green" }',
  })
  t.equal(refused.status, 418)
  t.match(await refused.json(), { detail: 'a teapot' })
  t.equal(await hooked.stop(), 0)
})

t.test('the types, as another program sees them', async (t) => {
  const folder = t.testdir({ 'typed.ts': TYPED })
  await install(folder)
  const options = [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--target',
    'es2023',
    '--module',
    'nodenext',
    '--skipLibCheck',
    '--types',
    'node',
  ]
  t.equal(await typeCheck([...options, 'typed.ts'], folder), '')
})

t.test('what publint finds in it', async (t) => {
  const { stdout } = await run(
    process.execPath,
    [join(ROOT, 'node_modules', 'publint', 'src', 'cli.js'), '--strict', '--pack', 'false', ROOT],
    { cwd: ROOT, env: { ...env, NO_COLOR: '1' } },
  ).catch((error: { stdout: string }) => error)
  t.match(stdout, /All good!/)
})
