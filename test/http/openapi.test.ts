/** The OpenAPI document: valid, complete, and true of what is sent and answered. */
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createApp, type App } from '../../src/app.ts'
import { servedRoutes } from '../../src/http/routes.ts'
import { ROOT } from '../support/spawn-backo.ts'
import { EVERY_TYPE, THING } from './every-type.ts'

interface Schema {
  readonly [key: string]: unknown
  readonly properties: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
}

interface Operation {
  readonly operationId: string
  readonly parameters?: readonly { readonly name?: string; readonly $ref?: string }[]
  readonly responses: Readonly<Record<string, unknown>>
  readonly security?: readonly object[]
}

interface Document {
  readonly servers: readonly { readonly url: string }[]
  readonly security?: readonly object[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>
    readonly parameters: Readonly<Record<string, { readonly name: string }>>
    readonly securitySchemes?: object
  }
}

type Source = Parameters<typeof createApp>[0]

const open = async (t: Test, text: object, directory = '/nowhere'): Promise<App> => {
  const app = await createApp({ text, directory } as Source, { logStream: { write: () => null } })
  t.teardown(() => app.close())
  return app
}

async function documentOf(app: App): Promise<Document> {
  const answer = await app.inject(`${app.config.server.prefix}/${app.model.name}/openapi.json`)
  return answer.json<Document>()
}

async function exampleApp(t: Test, name: string): Promise<App> {
  const file = join(ROOT, 'examples', name, 'backo.yaml')
  const env = { ...process.env, JWT_SECRET: 'x'.repeat(40) }
  const { loadModel } = await import('../../src/load-model.ts')
  const { model } = await loadModel(file, { env })
  if (!model) throw new Error(`${name} is not valid`)
  const storage = { default: { type: 'memory' } }
  const { parse } = await import('yaml')
  const { readFileSync } = await import('node:fs')
  const text = parse(readFileSync(file, 'utf8')) as object
  const app = await createApp(
    { text: { ...text, storage }, directory: join(ROOT, 'examples', name) },
    { logStream: { write: () => null }, env },
  )
  t.teardown(() => app.close())
  return app
}

const APPS: Readonly<Record<string, (t: Test) => Promise<App>>> = {
  'every type': (t) => open(t, EVERY_TYPE),
  quickstart: (t) => exampleApp(t, 'quickstart'),
  media_library: (t) => exampleApp(t, 'media_library'),
}

for (const [name, make] of Object.entries(APPS)) {
  t.test(`${name}: valid, and every route is in it`, async (t) => {
    const app = await make(t)
    const document = await documentOf(app)
    const { valid, errors } = await new Validator().validate({ ...structuredClone(document) })
    t.ok(valid, 'valid', { errors })

    const described = Object.values(document.paths).flatMap((methods) => Object.values(methods))
    const ids = described.map(({ operationId }) => operationId)
    t.equal(new Set(ids).size, ids.length, 'operationIds are unique')
    const names = new Set(ids.map((id) => id.split('.', 1).join()))
    const isHad = (route: string): boolean => name === 'every type' || !OPTIONAL.includes(route)
    const served = servedRoutes(app.config.server).filter(
      ({ scope }) => scope !== 'login' || app.config.auth?.login !== undefined,
    )
    const wanted = served.map((route) => route.name).filter(isHad)
    t.strictSame([...names].filter(isHad).sort(), wanted.sort())

    for (const [path, methods] of Object.entries(document.paths)) {
      const url = app.config.server.prefix + path.replaceAll(/\{\w+\}/g, 'x')
      const { statusCode, headers } = await app.inject({ method: 'OPTIONS', url })
      t.equal(statusCode, 204, `${path} is served`)
      const allowed = String(headers.allow)
        .split(', ')
        .filter((each) => !/HEAD|OPTIONS/.test(each))
      t.strictSame(Object.keys(methods).sort(), allowed.map((each) => each.toLowerCase()).sort())
    }
    for (const { operationId, responses } of described)
      t.ok('500' in responses || '200' in responses, operationId)
  })
}

/** A document has them where a collection has a history, files, actions. */
const OPTIONAL = ['listVersions', 'readFile', 'runAction']

t.test('what is answered is what is said', async (t) => {
  const app = await open(t, EVERY_TYPE)
  const { components } = await documentOf(app)
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
  ajv.addSchema({ $id: 'doc', components })
  const fits = (schema: string, value: unknown, why: string): void => {
    const validate = ajv.compile({ $ref: `doc#/components/schemas/${schema}` })
    t.ok(validate(value), why, { errors: validate.errors, value })
  }
  const send = async (method: 'GET' | 'POST' | 'PUT', url: string, payload?: object) => {
    const answer = await app.inject({ method, url, ...(payload ? { payload } : {}) })
    return answer.json<Record<string, unknown> & { _id: string }>()
  }
  const user = await send('POST', '/all/users', { login: 'bob', password: 'abc' })
  fits('users.item', user, 'POST')
  const thing = await send('POST', '/all/things', { ...THING, owner: user._id })
  fits('things.item', thing, 'POST')
  t.notOk('secret' in thing || 'hidden' in thing, 'secrets stay inside')
  const file = { filename: 'a.txt', content_type: 'text/plain', content: 'AAEC' }
  const filed = await send('POST', '/all/things', { ...THING, file })
  fits('things.item', filed, 'with a file')
  fits('things.update', filed, 'with a file, sent back')
  t.equal((await send('PUT', `/all/things/${filed._id}`, filed))._id, filed._id)
  const bare = await send('POST', '/all/things', { text: 'ab', dict: { inner: 2 } })
  fits('things.item', bare, 'all unset')
  fits('things.update', thing, 'what was read may be sent back')
  t.equal((await send('PUT', `/all/things/${thing._id}`, thing))._id, thing._id)
  const asked: readonly (readonly [string, string])[] = [
    ['things.page', '/all/things?_expand=owner'],
    ['users.page', '/all/users?_expand=things,things.owner'],
    ['things.item', `/all/things/${thing._id}?_view=%2Bshort`],
    ['things.item', `/all/things/${thing._id}?_fields=text&_expand=owner`],
    ['ApplicationMeta', '/all/_meta'],
    ['CurrentUser', '/all/_me'],
    ['Problem', '/all/things?_nope=1'],
    ['Problem', '/all/things/none'],
  ]
  for (const [schema, url] of asked) fits(schema, await send('GET', url), url)
  const versions = await send('GET', `/all/things/${thing._id}/_history`)
  for (const version of versions['result'] as unknown[]) fits('things.version', version, 'version')
  fits('CheckResult', await send('POST', '/all/things/_check', { path: '$.text' }), '_check')
  fits('Meta', await send('POST', '/all/things/_meta', {}), '_meta')
  const operations = [{ method: 'GET', path: `/all/things/${thing._id}` }]
  fits('BatchResults', await send('POST', '/all/_batch', { operations }), '_batch')
  const broken = await send('POST', '/all/things', { text: 23, lines: [{}] })
  fits('Problem', broken, 'every faulty field')
})

/** Bodies of a POST, and whether they are taken: what the schema says must be what is done. */
const BODIES: readonly (readonly [string, object, boolean])[] = [
  ['all of it', THING, true],
  ['what must come', { text: 'abc', dict: { inner: 1 } }, true],
  ['a required field is missing', { dict: { inner: 1 } }, false],
  ['a required field in a Dict is missing', { text: 'abc', dict: {} }, false],
  ['a Dict with a required field is missing', { text: 'abc' }, false],
  ['null for what is required', { ...THING, text: null }, false],
  ['null for what is not', { ...THING, yes: null, color: null, pair: null, either: null }, true],
  ['null for a Dict', { ...THING, loose: null }, true],
  ['null for a reference and a default', { ...THING, owner: null, whole: null }, true],
  ['an unknown field', { ...THING, nope: 1 }, false],
  ['an unknown field in a Dict', { ...THING, loose: { nope: 1 } }, false],
  ['a field that does not exist', { ...THING, never: 'x' }, false],
  ['not in the enum', { ...THING, color: 'blue' }, false],
  ['too small', { ...THING, whole: 0 }, false],
  ['too large', { ...THING, whole: 11 }, false],
  ['not whole', { ...THING, whole: 1.5 }, false],
  ['12.0 is an int', { ...THING, whole: 4.0 }, true],
  ['too short', { ...THING, text: 'a' }, false],
  ['too long', { ...THING, text: 'abcdefghij' }, false],
  ['no match', { ...THING, text: 'ABC' }, false],
  ['too few', { ...THING, tags: [] }, false],
  ['twice', { ...THING, tags: ['a', 'a'] }, false],
  ['null in a list', { ...THING, tags: [null] }, false],
  ['an element without what it must have', { ...THING, lines: [{}] }, false],
  ['a Tuple too long', { ...THING, pair: [1, 'a', 2] }, false],
  ['a Tuple of the wrong types', { ...THING, pair: ['a', 1] }, false],
  ['none of the types', { ...THING, either: 'x' }, false],
  ['a complex number without a part', { ...THING, complex: { real: 1 } }, false],
  [
    'a file',
    { ...THING, file: { filename: 'a.txt', content_type: 'text/plain', content: 'AAEC' } },
    true,
  ],
  ['a file without content', { ...THING, file: { filename: 'a', content_type: 'a/b' } }, false],
]

t.test('what may be sent is what is said', async (t) => {
  const app = await open(t, EVERY_TYPE)
  const { components } = await documentOf(app)
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema({ $id: 'doc', components })
  const validate = ajv.compile({ $ref: 'doc#/components/schemas/things.create' })
  for (const [why, payload, taken] of BODIES) {
    t.equal(validate(payload), taken, `schema: ${why}`)
    const { statusCode, body } = await app.inject({ method: 'POST', url: '/all/things', payload })
    t.equal(statusCode, taken ? 201 : 400, `server: ${why}`, { body })
  }
})

t.test('what the schemas tell, and what they do not', async (t) => {
  const { components, paths } = await documentOf(await open(t, EVERY_TYPE))
  const { schemas, parameters } = components
  const item = schemas['things.item']?.properties ?? {}
  const create = schemas['things.create']?.properties ?? {}
  for (const name of ['secret', 'hidden', 'never']) t.notOk(name in item, `${name} is not read`)
  t.notOk('unfilled' in (schemas['users.item']?.properties ?? {}))
  t.match(create['secret'], { writeOnly: true, format: 'password' })
  t.notOk('default' in (create['secret'] ?? {}), 'a default of a secret is not told')
  t.match(create['text'], {
    type: 'string',
    pattern: '^(?:[a-z]+$)',
    minLength: 2,
    maxLength: 9,
    description: 'A word',
    examples: ['abc'],
  })
  t.notOk('pattern' in (create['odd'] ?? {}), 'RE2 that ECMA-262 does not know')
  t.match(create['whole'], { type: ['integer', 'null'], minimum: 1, maximum: 10, default: 3 })
  t.match(item['twice'], { readOnly: true })
  t.match(item['_id'], { type: 'string', readOnly: true })
  t.match(item['owner'], {
    anyOf: [{ type: 'string' }, { $ref: /users\.item$/ }, { type: 'null' }],
  })
  t.strictSame(schemas['things.create']?.required, ['text', 'dict'])
  t.notOk('required' in (schemas['things.update'] ?? {}))

  const asked = Object.values(parameters).map(({ name }) => name)
  for (const name of ['whole.$gte', 'lines.sku', 'tags.$contains', 'owner.$in', 'complex.real'])
    t.ok(asked.includes(name), name)
  for (const name of ['secret', 'hidden', 'whole.$re', 'text.$size', 'never'])
    t.notOk(asked.includes(name), `${name} can't be asked`)
  const list = paths['/all/things']?.['get']?.parameters ?? []
  const own = list.flatMap(({ name }) => name ?? [])
  t.strictSame(own, ['_view', '_page', '_skip', '_sort', '_after', '_fields', '_expand', '_total'])
  t.match(paths['/all/things']?.['post'], {
    requestBody: {
      content: {
        'multipart/form-data': {
          schema: { properties: { _json: Object, '$.file': { type: 'string' } } },
          encoding: { _json: { contentType: 'application/json' } },
        },
      },
    },
  })
  t.notMatch(JSON.stringify(paths['/all/users']), 'multipart', 'users have no files')
  t.match(paths['/all/things/{_id}/{path}']?.['get']?.responses, {
    200: { content: { '*/*': Object } },
    206: Object,
    304: Object,
  })
  t.equal(paths['/login']?.['post']?.security?.length, 0)
})

t.test('served once made, to whom it may be', async (t) => {
  const app = await open(t, { ...EVERY_TYPE, server: { prefix: '/api', log: { level: 'silent' } } })
  const answer = await app.inject('/api/all/openapi.json')
  t.equal(answer.headers['content-type'], 'application/json; charset=utf-8')
  t.equal(answer.json<Document>().servers[0]?.url, '/api')
  t.match(answer.json(), {
    security: [{ bearer: [] }, { cookie: [] }, {}],
    components: { securitySchemes: { bearer: { type: 'http' }, cookie: { name: 'jwt_token' } } },
  })
  const headers = { 'if-none-match': String(answer.headers.etag) }
  const again = await app.inject({ url: '/api/all/openapi.json', headers })
  t.equal(again.statusCode, 304)
  t.equal((await app.inject('/api/nope/openapi.json')).statusCode, 404)
  t.equal((await app.inject('/api/all/_docs')).statusCode, 200)

  const off = await open(t, { ...EVERY_TYPE, server: { docs: false, log: { level: 'silent' } } })
  for (const url of ['/all/openapi.json', '/all/_docs', '/all/_docs/x'])
    t.equal((await off.inject(url)).statusCode, 404, url)

  const auth = { ...EVERY_TYPE.auth, required: true }
  const shut = await open(t, { ...EVERY_TYPE, auth })
  for (const url of ['/all/openapi.json', '/all/_docs', '/all/_docs/_assets/x.js'])
    t.equal((await shut.inject(url)).statusCode, 401, url)

  const { auth: _, ...without } = EVERY_TYPE
  const document = await documentOf(await open(t, without))
  t.notOk('security' in document)
  t.notOk('/login' in document.paths)
})
