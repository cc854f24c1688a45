/**
 * A good file becomes a Config with everything spelled out; a faulty one as much of it as can be used.
 */
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import type { Config } from '../../src/config/config.ts'
import { loadConfig, loadConfigText } from '../../src/config/load-config.ts'

const HEAD = 'backo: 1\nname: app\n'
const BOOKS = 'collections:\n  books:\n    fields:\n      title: String\n'

/** The configuration of a text that must be good. */
async function good(t: Test, text: string | object, env: NodeJS.ProcessEnv = {}): Promise<Config> {
  const { config, findings } = await loadConfigText(text, { env, directory: '/srv/app' })
  t.strictSame(findings, [], `nothing to say about ${JSON.stringify(text)}`)
  if (!config) throw new Error('no configuration')
  return config
}

/** Without prototypes, so that they compare with literals. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

const fieldsOf = async (t: Test, fields: string): Promise<unknown> => {
  const config = await good(t, `${HEAD}collections: { books: { fields: ${fields} } }\n`)
  return plain(config.collections['books']?.fields)
}

t.test('the least there can be gets every default', async (t) => {
  const config = await good(t, HEAD + BOOKS)
  t.strictSame(plain(config), {
    backo: 1,
    name: 'app',
    server: {
      host: '127.0.0.1',
      port: 8080,
      prefix: '',
      trust_proxy: false,
      body_limit: 1048576,
      hook_timeout: 5000,
      request_timeout: 30000,
      keep_alive_timeout: 72000,
      header_limit: 16384,
      drain: 0,
      shutdown_timeout: 10000,
      compression: false,
      docs: true,
      admin: true,
      metrics: 'when_asked',
      log: { level: 'info', access: false, loggers: {} },
    },
    storage: { default: { type: 'sqlite', path: '/srv/app/app.db', durability: 'full' } },
    hooks: [],
    current_user: { fields: {} },
    types: {},
    default_rights: true,
    collections: {
      books: {
        storage: 'default',
        id: 'uuidv7',
        fields: { title: { type: 'String' } },
        on: {},
        indexes: [],
        views: {},
        actions: {},
        selections: {},
        max_page: 1000,
        history: false,
        soft_delete: false,
      },
    },
    tests: [],
    webhooks: {},
  })
})

t.test('sections', async (t) => {
  const rows: readonly [yaml: string, key: keyof Config, expected: unknown][] = [
    ['hooks: ./hooks.ts', 'hooks', ['/srv/app/hooks.ts']],
    ['hooks: [a.ts, ../b.js, /c.js]', 'hooks', ['/srv/app/a.ts', '/srv/b.js', '/c.js']],
    ['default_rights: false', 'default_rights', false],
    ['default_rights: { hook: mayI }', 'default_rights', { hook: 'mayI' }],
    [
      'current_user: { fields: { email: String } }',
      'current_user',
      { fields: { email: { type: 'String' } } },
    ],
    [
      'types: { A: { type: Dict, fields: { b: Int } } }',
      'types',
      { A: { type: 'Dict', fields: { b: { type: 'Int' } } } },
    ],
    ['types: { A: String, x-b: 1 }', 'types', { A: { type: 'String' } }],
    [
      'storage: { default: { type: sqlite, path: ":memory:", durability: normal } }',
      'storage',
      { default: { type: 'sqlite', path: ':memory:', durability: 'normal' } },
    ],
    [
      'storage: { files: { type: yaml, path: ./data }, other: { type: sqlite } }',
      'storage',
      {
        files: { type: 'yaml', path: '/srv/app/data' },
        other: { type: 'sqlite', path: '/srv/app/other.db', durability: 'full' },
        default: { type: 'sqlite', path: '/srv/app/app.db', durability: 'full' },
      },
    ],
    [
      'storage: { default: { type: mongodb, url: mongodb://h/db, options: { tls: true } } }',
      'storage',
      { default: { type: 'mongodb', url: 'mongodb://h/db', options: { tls: true } } },
    ],
    ['storage: { default: { type: memory } }', 'storage', { default: { type: 'memory' } }],
    [
      `auth: { secret: ${'s'.repeat(32)}, login: { collection: users } }`,
      'auth',
      {
        secret: 's'.repeat(32),
        cookie: 'jwt_token',
        expires: 3600000,
        required: false,
        login: {
          collection: 'users',
          login: '$.login',
          password: '$.password',
          limit: { tries: 100, per_address: 1000, window: 900_000 },
        },
      },
    ],
    [
      'auth: { jwks: https://a.b/c, issuer: me, audience: you, expires: 7d, required: true, hook: verify }',
      'auth',
      {
        jwks: 'https://a.b/c',
        issuer: 'me',
        audience: 'you',
        cookie: 'jwt_token',
        expires: 604800000,
        required: true,
        hook: 'verify',
      },
    ],
  ]
  for (const [yaml, key, expected] of rows) {
    const config = await good(t, `${HEAD}${yaml}\n${BOOKS}`)
    t.strictSame(plain(config[key]), expected, yaml)
  }
})

t.test('server', async (t) => {
  const rows: readonly [yaml: string, expected: object][] = [
    ['{ body_limit: 10KiB }', { body_limit: 10240 }],
    ['{ body_limit: 500 }', { body_limit: 500 }],
    ['{ body_limit: 1.5GiB }', { body_limit: 1610612736 }],
    [
      '{ hook_timeout: 500ms, request_timeout: 1h }',
      { hook_timeout: 500, request_timeout: 3600000 },
    ],
    ['{ prefix: api/v1/ }', { prefix: '/api/v1' }],
    ['{ prefix: / }', { prefix: '' }],
    ['{ trust_proxy: 1 }', { trust_proxy: 1 }],
    ['{ trust_proxy: 10.0.0.0/8 }', { trust_proxy: '10.0.0.0/8' }],
    ['{ cors: { origin: "*" } }', { cors: { origin: ['*'] } }],
    ['{ rate_limit: { max: 100, window: 1m } }', { rate_limit: { max: 100, window: 60000 } }],
    ['{ docs: false, admin: false, metrics: true }', { docs: false, admin: false, metrics: true }],
    [
      '{ log: { loggers: { mongo: debug } } }',
      { log: { level: 'info', loggers: { mongo: 'debug' } } },
    ],
  ]
  for (const [yaml, expected] of rows) {
    const config = await good(t, `${HEAD}server: ${yaml}\n${BOOKS}`)
    t.match(plain(config.server), expected, yaml)
  }
})

t.test('fields', async (t) => {
  const rows: readonly [fields: string, expected: object][] = [
    ['{ a: String }', { a: { type: 'String' } }],
    ['{ a: Address }', { a: { type: 'Address' } }],
    ['{ a: { type: Int, minimum: 1, maximum: 2 } }', { a: { type: 'Int', min: 1, max: 2 } }],
    ['{ a: { type: String, pattern: x } }', { a: { type: 'String', patterns: ['x'] } }],
    ['{ a: { type: String, regexp: [x, y] } }', { a: { type: 'String', patterns: ['x', 'y'] } }],
    ['{ a: { type: String, in: [x] } }', { a: { type: 'String', enum: ['x'] } }],
    [
      '{ a: { type: Int, union: { expr: value > 1 } } }',
      { a: { type: 'Int', enum: { expr: 'value > 1' } } },
    ],
    [
      '{ a: { type: Int, constraint: value > 1 } }',
      { a: { type: 'Int', constraints: ['value > 1'] } },
    ],
    [
      '{ a: { type: Int, constraints: [value > 1, { expr: value < 9, message: no }] } }',
      { a: { type: 'Int', constraints: ['value > 1', { expr: 'value < 9', message: 'no' }] } },
    ],
    [
      '{ a: { type: Int, on: { change: [b, c], saved: d } } }',
      { a: { type: 'Int', on: { change: ['b', 'c'], saved: ['d'] } } },
    ],
    ['{ a: { type: Int, set: 0 } }', { a: { type: 'Int', set: '0' } }],
    ['{ a: { type: Int, x-note: 1 }, x-b: 2 }', { a: { type: 'Int' } }],
    [
      '{ a: { type: FreeDict, default: { x-a: 1, constructor: 2 } } }',
      { a: { type: 'FreeDict', default: { 'x-a': 1, constructor: 2 } } },
    ],
    [
      '{ a: { type: List, items: Int, min: 1 } }',
      { a: { type: 'List', items: { type: 'Int' }, min: 1 } },
    ],
    [
      '{ a: { type: Tuple, items: [Int, { type: String, pattern: x }] } }',
      { a: { type: 'Tuple', items: [{ type: 'Int' }, { type: 'String', patterns: ['x'] }] } },
    ],
    [
      '{ a: { type: In, types: [Int, String] } }',
      { a: { type: 'In', types: [{ type: 'Int' }, { type: 'String' }] } },
    ],
    [
      '{ a: { type: Dict, fields: { b: Int, c: { type: Dict, fields: { d: Bool } } } } }',
      {
        a: {
          type: 'Dict',
          fields: { b: { type: 'Int' }, c: { type: 'Dict', fields: { d: { type: 'Bool' } } } },
        },
      },
    ],
    // options of the type that it names are not known here
    [
      '{ a: { type: Address, min: 1, max: 2030-01-01, items: [Int] } }',
      { a: { type: 'Address', min: 1, max: '2030-01-01', items: [{ type: 'Int' }] } },
    ],
    [
      '{ a: { type: File, max_size: 1MiB, content_types: [image/*] } }',
      { a: { type: 'File', max_size: '1MiB', content_types: ['image/*'] } },
    ],
  ]
  for (const [fields, expected] of rows) t.strictSame(await fieldsOf(t, fields), expected, fields)
})

t.test('actions, selections, views', async (t) => {
  const config = await good(
    t,
    `${HEAD}${BOOKS}    id: { expr: "'B' + item.title" }
    on: { saved: a, before_delete: [b, c] }
    indexes: [ { fields: [author, -year] }, { fields: [isbn], unique: true } ]
    views: { short: [ $.title ], "!long": [ $.title ] }
    actions:
      lend:
        schema: { user: { type: String, required: true } }
        can_see: "!item.lent"
        set: { $.lent: true, $.user: action.user, $.times: 0, $.back: null }
      other: { hook: other }
    selections:
      lent: { selectors: [$.title], filter: { lent: true }, sort: -title }
`,
  )
  t.match(plain(config.collections['books']), {
    id: { expr: "'B' + item.title" },
    on: { saved: ['a'], before_delete: ['b', 'c'] },
    indexes: [
      { fields: ['author', '-year'], unique: false },
      { fields: ['isbn'], unique: true },
    ],
    views: { short: ['$.title'], '!long': ['$.title'] },
    actions: {
      lend: {
        schema: { user: { type: 'String', required: true } },
        exists: '!item.lent',
        set: { '$.lent': 'true', '$.user': 'action.user', '$.times': '0', '$.back': 'null' },
      },
      other: { schema: {}, hook: 'other' },
    },
    selections: { lent: { selectors: ['$.title'], filter: { lent: true }, sort: ['-title'] } },
  })
})

t.test('anchors, aliases and merges', async (t) => {
  const config = await good(
    t,
    `${HEAD}x-text: &text { type: String, required: true }
x-rights: &rights { can_read: true, can_delete: false }
x-more: &more { can_read: false, history: true }
collections:
  x-base: &base { max_page: 5 }
  books:
    <<: [*base, *rights, *more]
    can_delete: true
    fields: { a: *text, b: { <<: *text, required: false } }
`,
  )
  t.strictSame(plain(Object.keys(config.collections)), ['books'])
  t.match(plain(config.collections['books']), {
    max_page: 5,
    can_read: true,
    can_delete: true,
    history: true,
    fields: { a: { type: 'String', required: true }, b: { type: 'String', required: false } },
  })
})

t.test('an object instead of a text', async (t) => {
  const config = await good(
    t,
    {
      backo: 1,
      name: 'app',
      server: { port: '${P}' },
      collections: { a: { fields: { b: 'Int' } } },
    },
    { P: '9' },
  )
  t.equal(config.server.port, 9)
  t.strictSame(plain(config.collections['a']?.fields), { b: { type: 'Int' } })
  const circle: Record<string, unknown> = { backo: 1, name: 'app' }
  circle['collections'] = circle
  const { findings } = await loadConfigText(circle)
  t.match(findings[0], { code: 'BACKO_CONFIG_ALIAS' })
})

t.test('what is faulty is left out, the rest is there', async (t) => {
  const { config, findings } = await loadConfigText(`backo: 1
name: 12
server: { port: x, host: h }
storage: { default: { type: oracle } }
collections:
  books:
    max_page: 0
    fields:
      a: { type: Int, min: x, foo: 1, required: true }
      b: { min: 1 }
      c-d: Int
      e: { type: Tuple, items: [Int, 5] }
    indexes: [ { fields: [a] }, { field: [b] } ]
  _x: { fields: { a: Int } }
  y: 5
`)
  t.equal(findings.length, 13)
  t.match(plain(config), {
    name: 'backo',
    server: { port: 8080, host: 'h' },
    storage: { default: { type: 'sqlite' } },
  })
  t.strictSame(Object.keys(config?.collections ?? {}), ['books'])
  t.strictSame(plain(config?.collections['books']?.fields), {
    a: { type: 'Int', required: true },
    e: { type: 'Tuple' },
  })
  t.strictSame(config?.collections['books']?.indexes, [])
})

t.test('files', async (t) => {
  const folder = t.testdir({
    'backo.yaml': `\uFEFF${HEAD}server: { port: "\${PORT}" }\n${BOOKS}`.replaceAll('\n', '\r\n'),
    '.env': '# ours\nexport PORT=81\nNAME="a b"\n',
    'latin.yaml': Buffer.from([0x61, 0x3a, 0xe9]).toString('latin1'),
    folder: {},
  })
  await writeFile(join(folder, 'latin.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xe9]))
  const loaded = await loadConfig(join(folder, 'backo.yaml'), { env: {} })
  t.strictSame(loaded.findings, [])
  t.equal(loaded.config?.server.port, 81, 'from .env')
  t.equal(loaded.source.directory, folder)
  t.match(loaded.hash, /^[0-9a-f]{12}$/)
  const again = await loadConfig(join(folder, 'backo.yaml'), { env: { PORT: '82' } })
  t.equal(again.config?.server.port, 82, 'the environment goes first')
  t.equal(again.hash, loaded.hash)

  const rows: readonly [file: string, message: RegExp][] = [
    ['none.yaml', /can't be read: no such file/],
    ['folder', /can't be read: it is a folder/],
    ['latin.yaml', /not UTF-8/],
  ]
  for (const [file, message] of rows) {
    const { config, findings, source } = await loadConfig(join(folder, file))
    t.equal(config, undefined)
    t.match(findings, [{ code: 'BACKO_CONFIG_FILE', message, location: { line: 1, column: 1 } }])
    t.equal(source.locate(['a']).file, join(folder, file), 'a place to name, even so')
  }
})

t.test('a file mounted as a link, as in Kubernetes', async (t) => {
  const folder = t.testdir({
    '..data': { 'a.yaml': BOOKS },
    'backo.yaml': `${HEAD}include: in/*.yaml\n`,
  })
  await mkdir(join(folder, 'in'))
  await symlink(join(folder, '..data', 'a.yaml'), join(folder, 'in', 'a.yaml'))
  const { findings, config } = await loadConfig(join(folder, 'backo.yaml'))
  t.strictSame(findings, [])
  t.ok(config?.collections['books'])
})

t.test('the whole example of config.md', async (t) => {
  const file = new URL('../../../test/config/fixtures/config-md.yaml', import.meta.url)
  const { config, findings } = await loadConfig(fileURLToPath(file), {
    env: { JWT_SECRET: 's'.repeat(32) },
  })
  t.strictSame(findings, [])
  t.equal(config?.auth?.secret, 's'.repeat(32))
  t.strictSame(Object.keys(config?.collections['books']?.actions ?? {}), ['borrow'])
})
