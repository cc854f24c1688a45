/** createApp: what it refuses, what it leaves behind, what an embedding program may do. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createApp } from '../../src/app.ts'
import { StoreUnavailable } from '../../src/connectors/store-unavailable.ts'
import { ConfigError, StartError } from '../../src/start-errors.ts'

const quiet = { logStream: { write: () => undefined } }
const model = (storage: object, more: object = {}): object => ({
  backo: 1,
  name: 'app',
  storage,
  collections: { things: { fields: { name: 'String' } } },
  ...more,
})

t.test('a configuration with errors', async (t) => {
  const text =
    'backo: 1\nname: app\ncollections:\n  a: { fields: { x: Strin, y: { type: Ref, coll: b } } }\n'
  const error = await createApp({ text, directory: t.testdir({}) }, quiet).catch(
    (reason: unknown) => reason,
  )
  if (!(error instanceof ConfigError)) throw error
  t.match(error.message, /backo\.yaml:4:\d+: .* \(and 1 more\)/)
  t.equal(error.findings.filter(({ severity }) => severity === 'error').length, 2)
  t.ok(error.findings.every(({ location }) => location?.line === 4))
})

t.test('no file', async (t) => {
  await t.rejects(createApp(join(t.testdir({}), 'none.yaml')), StartError)
})

t.test('stores that can not be opened say so, and what was opened is closed', async (t) => {
  const directory = t.testdir({ file: 'not a folder' })
  const storage = {
    default: { type: 'yaml', path: './items' },
    broken: { type: 'sqlite', path: './file/x.db' },
  }
  const collections = {
    things: { fields: { name: 'String' } },
    others: { storage: 'broken', fields: { name: 'String' } },
  }
  const source = { text: model(storage, { collections }), directory }
  await t.rejects(createApp(source, quiet), StoreUnavailable)
  // the yaml folder is free again: this would be refused by its lock
  const app = await createApp({ text: model({ default: storage.default }), directory }, quiet)
  await app.close()
})

t.test('trust_proxy that names no address', async (t) => {
  const directory = t.testdir({})
  const storage = { default: { type: 'yaml', path: './items' } }
  const source = { text: model(storage, { server: { trust_proxy: 'nonsense' } }), directory }
  await t.rejects(createApp(source, quiet), {
    name: 'StartError',
    message: /^server\.trust_proxy: .*nonsense/,
  })
  const app = await createApp({ text: model(storage), directory }, quiet)
  await app.close()
})

t.test('a storage that nothing uses leaves no file', async (t) => {
  const directory = t.testdir({})
  const collections = { things: { storage: 'mem', fields: { name: 'String' } } }
  const app = await createApp(
    { text: model({ mem: { type: 'memory' } }, { collections }), directory },
    quiet,
  )
  await app.close()
  t.same(readdirSync(directory), [])
})

t.test('without storage: sqlite beside the file', async (t) => {
  const directory = t.testdir({})
  const { storage: _, ...text } = model({}) as { storage: object }
  const app = await createApp({ text, directory }, quiet)
  t.ok(existsSync(join(directory, 'app.db')))
  await Promise.all([app.close(), app.close()])
})

t.test('the prefix and the limits of server are those of the server', async (t) => {
  const text = model(
    { default: { type: 'memory' } },
    { server: { prefix: 'api/', body_limit: 100 } },
  )
  const app = await createApp({ text, directory: t.testdir({}) }, quiet)
  t.teardown(() => app.close())
  const post = (payload: object) => app.inject({ method: 'POST', url: '/api/app/things', payload })
  const made = await post({ name: 'x' })
  t.equal(made.statusCode, 201)
  t.match(made.headers['location'], /^\/api\/app\/things\/[\w-]+$/)
  t.equal((await post({ name: 'x'.repeat(200) })).statusCode, 413)
})

t.test('log lines go where they are told, by logger and level', async (t) => {
  const lines: string[] = []
  const server = { log: { level: 'error', loggers: { http: 'debug' } } }
  const text = model({ default: { type: 'memory' } }, { server })
  const app = await createApp(
    { text, directory: t.testdir({}) },
    { logStream: { write: (line) => lines.push(line) } },
  )
  await app.inject({ url: '/app/things', headers: { 'x-request-id': 'rq-1' } })
  await app.close()
  t.match(
    lines.map((line) => JSON.parse(line) as object),
    [
      {
        level: 'debug',
        logger: 'http',
        msg: 'request',
        request_id: 'rq-1',
        method: 'GET',
        status: 200,
        time: /Z$/,
      },
    ],
  )
})

t.test('hooks reach the running program', async (t) => {
  const directory = t.testdir({
    'hooks.ts': `
      import { BackoError, type EventHook } from 'backo'
      import { limit } from './limit'
      export const check: EventHook = ({ item }) => {
        if (item['name'].length > limit) throw new BackoError(418, 'too long a name')
      }`,
    'limit.ts': 'export const limit: number = 3',
  })
  const collections = { things: { fields: { name: 'String' }, on: { before_save: 'check' } } }
  const text = model({ default: { type: 'memory' } }, { hooks: './hooks.ts', collections })
  const app = await createApp({ text, directory }, quiet)
  t.teardown(() => app.close())
  const post = (name: string) =>
    app.inject({ method: 'POST', url: '/app/things', payload: { name } })
  t.equal((await post('abc')).statusCode, 201)
  const refused = await post('abcd')
  t.equal(refused.statusCode, 418)
  t.match(refused.json(), { detail: 'too long a name' })
})
