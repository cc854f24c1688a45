import t from 'tap'
import type { InjectOptions } from 'fastify'
import { BackoError, backoError } from '../../src/errors.ts'
import { away, fakeServer } from './fake-server.ts'

const json = { 'content-type': 'application/json' }

interface Row {
  readonly name: string
  readonly request: InjectOptions
  readonly status: number
  /** headers of the answer that must be as said; null: must not be there */
  readonly headers?: Readonly<Record<string, string | RegExp | null>>
  /** what the operation was given; null: none may be called */
  readonly called?: object | null
  /** text of the answer's body */
  readonly body?: string | RegExp
}

const ALLOW_ITEM = 'GET, HEAD, PUT, PATCH, DELETE, OPTIONS'

const ROWS: readonly Row[] = [
  // reading
  {
    name: 'one item',
    request: { url: '/myApp/users/123' },
    status: 200,
    called: { operation: 'read', id: '123', query: [] },
    headers: {
      etag: '"v1"',
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-cache',
    },
    body: '{"_id":"123"}',
  },
  {
    name: 'one item with a slash at the end',
    request: { url: '/myApp/users/123/' },
    status: 200,
    called: { operation: 'read', id: '123' },
  },
  {
    name: 'the id is decoded once',
    request: { url: '/myApp/users/a%252Fb' },
    status: 200,
    called: { id: 'a%2Fb' },
  },
  {
    name: 'an encoded slash stays in the id',
    request: { url: '/myApp/users/a%2Fb%20%C3%A9' },
    status: 200,
    called: { id: 'a/b é' },
  },
  {
    name: 'an encoded dot segment is only an id',
    request: { url: '/myApp/users/%2e%2e%2fx' },
    status: 200,
    called: { id: '../x' },
  },
  {
    name: 'a plus in a path is a plus',
    request: { url: '/myApp/users/a+b' },
    status: 200,
    called: { id: 'a+b' },
  },
  {
    name: 'malformed escape in the path',
    request: { url: '/myApp/users/%E0%A4%A' },
    status: 400,
    called: null,
    headers: { 'content-type': 'application/problem+json' },
  },
  {
    name: 'an id far too long',
    request: { url: `/myApp/users/${'x'.repeat(2000)}` },
    status: 404,
    called: null,
  },
  {
    name: 'HEAD is GET without its body',
    request: { method: 'HEAD', url: '/myApp/users/123' },
    status: 200,
    headers: { etag: '"v1"', 'content-length': '13' },
    body: '',
  },
  {
    name: 'If-None-Match that names the version',
    request: { url: '/myApp/users/1', headers: { 'if-none-match': '"v1"' } },
    status: 304,
    headers: { etag: '"v1"' },
    body: '',
  },
  {
    name: 'If-None-Match, a list with weak tags',
    request: { url: '/myApp/users/1', headers: { 'if-none-match': '"v0", W/"v1"' } },
    status: 304,
  },
  {
    name: 'If-None-Match *',
    request: { url: '/myApp/users/1', headers: { 'if-none-match': '*' } },
    status: 304,
  },
  {
    name: 'If-None-Match of HEAD',
    request: { method: 'HEAD', url: '/myApp/users/1', headers: { 'if-none-match': '"v1"' } },
    status: 304,
  },
  {
    name: 'If-None-Match of another version',
    request: { url: '/myApp/users/1', headers: { 'if-none-match': '"v0", v1' } },
    status: 200,
  },
  {
    name: 'If-None-Match does not stop a change',
    request: {
      method: 'PUT',
      url: '/myApp/users/1',
      headers: { ...json, 'if-none-match': '"v1"' },
      payload: '{}',
    },
    status: 200,
  },
  // lists
  {
    name: 'a list',
    request: { url: '/myApp/users?name.$reg=Jo+D%C3%A9&_sort=-age,name&age=1&age=2' },
    status: 200,
    called: {
      operation: 'list',
      query: [
        ['name.$reg', 'Jo Dé'],
        ['_sort', '-age,name'],
        ['age', '1'],
        ['age', '2'],
      ],
    },
    body: '{"result":[]}',
  },
  {
    name: 'a list as the original writes it',
    request: { url: '/myApp/users/?name.$re=do&_page=10' },
    status: 200,
    called: {
      operation: 'list',
      query: [
        ['name.$re', 'do'],
        ['_page', '10'],
      ],
    },
  },
  {
    name: 'HEAD of a list',
    request: { method: 'HEAD', url: '/myApp/users' },
    status: 200,
    called: { operation: 'list' },
    body: '',
  },
  {
    name: 'malformed escape in the query',
    request: { url: '/myApp/users?name=%E0%A4' },
    status: 400,
    called: null,
    body: /BACKO_REQUEST_QUERY/,
  },
  // creating
  {
    name: 'create',
    request: { method: 'POST', url: '/myApp/users', headers: json, payload: '{"name":"John"}' },
    status: 201,
    called: { operation: 'create', body: { name: 'John' } },
    headers: { location: '/myApp/users/new%2F%C3%A9', etag: '"v1"' },
  },
  {
    name: 'create with a slash at the end',
    request: { method: 'POST', url: '/myApp/users/?_view=client', headers: json, payload: '{}' },
    status: 201,
    called: { operation: 'create', query: [['_view', 'client']] },
    headers: { location: '/myApp/users/new%2F%C3%A9' },
  },
  {
    name: 'create several',
    request: { method: 'POST', url: '/myApp/users', headers: json, payload: '[{},{}]' },
    status: 201,
    headers: { location: null, etag: null },
  },
  {
    name: 'charset utf-8',
    request: {
      method: 'POST',
      url: '/myApp/users',
      headers: { 'content-type': 'Application/JSON; charset="UTF-8"' },
      payload: '{}',
    },
    status: 201,
  },
  {
    name: 'charset latin1',
    request: {
      method: 'POST',
      url: '/myApp/users',
      headers: { 'content-type': 'application/json; charset=iso-8859-1' },
      payload: '{}',
    },
    status: 415,
    called: null,
  },
  {
    name: 'curl -d without a content type',
    request: {
      method: 'POST',
      url: '/myApp/users',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: '{"a":1}',
    },
    status: 415,
    called: null,
    headers: { accept: 'application/json', 'content-type': 'application/problem+json' },
    body: /Content-Type: application\/json/,
  },
  {
    name: 'a body without a content type',
    request: { method: 'POST', url: '/myApp/users', payload: Buffer.from('{}') },
    status: 415,
    called: null,
  },
  {
    name: 'a content type that is none',
    request: {
      method: 'POST',
      url: '/myApp/users',
      headers: { 'content-type': 'nonsense' },
      payload: '{}',
    },
    status: 415,
    called: null,
  },
  {
    name: 'a patch type on POST',
    request: {
      method: 'POST',
      url: '/myApp/users',
      headers: { 'content-type': 'application/merge-patch+json' },
      payload: '{}',
    },
    status: 415,
    called: null,
  },
  {
    name: 'bad JSON',
    request: { method: 'POST', url: '/myApp/users', headers: json, payload: '{"a":\n }' },
    status: 400,
    called: null,
    body: /bad JSON at line 2, column 2/,
  },
  {
    name: 'an empty body',
    request: { method: 'POST', url: '/myApp/users', headers: json, payload: '' },
    status: 400,
    called: null,
    body: /the body is empty/,
  },
  {
    name: 'no body at all',
    request: { method: 'POST', url: '/myApp/users' },
    status: 400,
    called: null,
    body: /BACKO_REQUEST_JSON/,
  },
  {
    name: 'not UTF-8',
    request: {
      method: 'POST',
      url: '/myApp/users',
      headers: json,
      payload: Buffer.from([0x22, 0xff, 0x22]),
    },
    status: 400,
    called: null,
    body: /UTF-8/,
  },
  {
    name: 'a byte order mark is passed over',
    request: { method: 'POST', url: '/myApp/users', headers: json, payload: '\ufeff{"a":1}' },
    status: 201,
    called: { body: { a: 1 } },
  },
  {
    name: 'nested too deeply',
    request: {
      method: 'POST',
      url: '/myApp/users',
      headers: json,
      payload: '['.repeat(300) + ']'.repeat(300),
    },
    status: 400,
    called: null,
    body: /nested deeper/,
  },
  {
    name: 'brackets in a string are no nesting',
    request: {
      method: 'POST',
      url: '/myApp/users',
      headers: json,
      payload: JSON.stringify('\\"['.repeat(300)),
    },
    status: 201,
  },
  {
    name: 'too large',
    request: {
      method: 'POST',
      url: '/myApp/users',
      headers: json,
      payload: JSON.stringify('x'.repeat(3000)),
    },
    status: 413,
    called: null,
    body: /BACKO_REQUEST_TOO_LARGE/,
  },
  {
    name: 'any JSON value is a body',
    request: { method: 'POST', url: '/myApp/users', headers: json, payload: 'null' },
    status: 201,
    called: { body: null },
  },
  // changing
  {
    name: 'PUT',
    request: {
      method: 'PUT',
      url: '/myApp/users/1?_view=short',
      headers: { ...json, 'if-match': 'W/"v1", "v2"' },
      payload: '{"a":1}',
    },
    status: 200,
    called: {
      operation: 'update',
      id: '1',
      input: { body: { a: 1 }, query: [['_view', 'short']], ifMatch: 'W/"v1", "v2"' },
    },
    headers: { etag: '"v1"' },
  },
  {
    name: 'PATCH with operations',
    request: { method: 'PATCH', url: '/myApp/users/1', headers: json, payload: '[]' },
    status: 200,
    called: { operation: 'patch', input: { body: [], merge: false, query: [] } },
  },
  {
    name: 'PATCH, json-patch',
    request: {
      method: 'PATCH',
      url: '/myApp/users/1',
      headers: { 'content-type': 'application/json-patch+json' },
      payload: '[]',
    },
    status: 200,
    called: { input: { merge: false } },
  },
  {
    name: 'PATCH, merge-patch',
    request: {
      method: 'PATCH',
      url: '/myApp/users/1',
      headers: { 'content-type': 'application/merge-patch+json; charset=utf-8' },
      payload: '{}',
    },
    status: 200,
    called: { input: { merge: true } },
  },
  {
    name: 'PATCH without a body',
    request: { method: 'PATCH', url: '/myApp/users/1' },
    status: 400,
    called: null,
  },
  {
    name: 'DELETE',
    request: { method: 'DELETE', url: '/myApp/users/1', headers: { 'if-match': '*' } },
    status: 204,
    called: { operation: 'delete', id: '1', input: { ifMatch: '*' } },
    headers: { 'content-type': null },
    body: '',
  },
  {
    name: 'DELETE with a content type and no body',
    request: { method: 'DELETE', url: '/myApp/users/1', headers: json },
    status: 204,
  },
  // selections, description, health
  {
    name: 'a selection',
    request: { url: '/myApp/users/_selections/_all?_page=2' },
    status: 200,
    called: { operation: 'selection', input: { name: '_all', query: [['_page', '2']] } },
  },
  {
    name: 'a selection with a filter',
    request: {
      method: 'POST',
      url: '/myApp/users/_selections/out',
      headers: json,
      payload: '{"a":1}',
    },
    status: 200,
    called: { input: { name: 'out', filter: { a: 1 } } },
  },
  {
    name: 'a selection by POST without a filter',
    request: { method: 'POST', url: '/myApp/users/_selections/out' },
    status: 200,
    called: { input: { name: 'out' } },
  },
  {
    name: 'an action',
    request: {
      method: 'POST',
      url: '/myApp/users/_actions/borrow/1?_view=x',
      headers: json,
      payload: '{"a":1}',
    },
    status: 200,
    called: {
      operation: 'action',
      input: { action: 'borrow', id: '1', body: { a: 1 }, query: [['_view', 'x']] },
    },
  },
  {
    name: 'an action without arguments',
    request: { method: 'POST', url: '/myApp/users/_actions/borrow/1' },
    status: 200,
    called: { operation: 'action' },
  },
  {
    name: 'an action by GET',
    request: { url: '/myApp/users/_actions/borrow/1' },
    status: 405,
    called: null,
    headers: { allow: 'POST, OPTIONS' },
  },
  {
    name: 'a check',
    request: {
      method: 'POST',
      url: '/myApp/users/_check',
      headers: json,
      payload: '{"path":"$.a"}',
    },
    status: 200,
    called: { operation: 'check', body: { path: '$.a' } },
  },
  {
    name: '_check is no id',
    request: { url: '/myApp/users/_check' },
    status: 405,
    called: null,
    headers: { allow: 'POST, OPTIONS' },
  },
  {
    name: 'the description',
    request: { url: '/myApp/_meta' },
    status: 200,
    called: { operation: 'describe' },
    body: '{"name":"myApp"}',
  },
  {
    name: 'live',
    request: { url: '/_health/live' },
    status: 200,
    called: null,
    body: '{"status":"ok"}',
  },
  {
    name: 'ready',
    request: { url: '/_health/ready' },
    status: 200,
    called: { operation: 'health' },
    body: '{"status":"ok","config":"abc"}',
  },
  // what is not there
  {
    name: 'another application',
    request: { url: '/other/users' },
    status: 404,
    called: null,
    body: /no application \\"other\\"/,
  },
  {
    name: 'an unknown collection',
    request: { url: '/myApp/user' },
    status: 404,
    called: null,
    body: /no collection \\"user\\"/,
  },
  {
    name: 'a collection near a known one',
    request: { url: '/myApp/user' },
    status: 404,
    body: /did you mean users/,
  },
  {
    name: 'a name of Object.prototype',
    request: { url: '/myApp/constructor' },
    status: 404,
    called: null,
  },
  {
    name: 'an unknown route',
    request: { url: '/nothing' },
    status: 404,
    called: null,
    headers: { 'content-type': 'application/problem+json' },
    body: /no route GET/,
  },
  { name: 'the root', request: { url: '/' }, status: 404, body: /myApp\/_meta/ },
  {
    name: 'an unknown route, with a body',
    request: { method: 'POST', url: '/a/b/c/d', headers: json, payload: '{' },
    status: 404,
    called: null,
  },
  // methods
  {
    name: 'DELETE of a list',
    request: { method: 'DELETE', url: '/myApp/users' },
    status: 405,
    called: null,
    headers: { allow: 'GET, HEAD, POST, OPTIONS' },
    body: /BACKO_REQUEST_METHOD/,
  },
  {
    name: 'POST of an item',
    request: { method: 'POST', url: '/myApp/users/1', headers: json, payload: '{}' },
    status: 405,
    called: null,
    headers: { allow: ALLOW_ITEM },
  },
  {
    name: 'POST of the description',
    request: { method: 'POST', url: '/myApp/_meta', headers: json, payload: '{}' },
    status: 405,
    headers: { allow: 'GET, HEAD, OPTIONS' },
  },
  {
    name: 'PUT of a selection',
    request: { method: 'PUT', url: '/myApp/users/_selections/x', headers: json, payload: '{}' },
    status: 405,
    headers: { allow: 'GET, HEAD, POST, OPTIONS' },
  },
  {
    name: '405 before the body is looked at',
    request: {
      method: 'PUT',
      url: '/myApp/users',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: '{',
    },
    status: 405,
  },
  {
    name: 'a method of WebDAV',
    request: { method: 'PROPFIND' as 'GET', url: '/myApp/users' },
    status: 405,
    headers: { allow: /GET/ },
  },
  {
    name: 'a wrong method in an unknown collection',
    request: { method: 'DELETE', url: '/myApp/nope' },
    status: 404,
  },
  {
    name: 'OPTIONS of an item',
    request: { method: 'OPTIONS', url: '/myApp/users/1' },
    status: 204,
    called: null,
    headers: { allow: ALLOW_ITEM },
    body: '',
  },
  {
    name: 'OPTIONS of a list',
    request: { method: 'OPTIONS', url: '/myApp/users' },
    status: 204,
    headers: { allow: 'GET, HEAD, POST, OPTIONS' },
  },
  {
    name: 'OPTIONS of an unknown collection',
    request: { method: 'OPTIONS', url: '/myApp/nope' },
    status: 404,
  },
  // request ids
  {
    name: 'a request id is echoed',
    request: { url: '/myApp/_meta', headers: { 'x-request-id': 'abc-1' } },
    status: 200,
    headers: { 'x-request-id': 'abc-1' },
  },
  {
    name: 'a request id that would break a log is not',
    request: { url: '/myApp/_meta', headers: { 'x-request-id': 'a b{}' } },
    status: 200,
    headers: { 'x-request-id': /^[a-z\d]+-[a-z\d]+$/ },
  },
]

for (const row of ROWS) {
  t.test(row.name, async (t) => {
    const server = fakeServer()
    t.teardown(() => server.fastify.close())
    const answer = await server.fastify.inject(row.request)
    t.equal(answer.statusCode, row.status, answer.body)
    if (row.called === null) t.equal(server.last(), undefined, 'no operation is called')
    else if (row.called) t.match(server.last(), row.called)
    for (const [name, expected] of Object.entries(row.headers ?? {})) {
      const found = answer.headers[name]
      if (expected === null) t.equal(found, undefined, name)
      else if (typeof expected === 'string') t.equal(found, expected, name)
      else t.match(found, expected, name)
    }
    if (typeof row.body === 'string') t.equal(answer.body, row.body)
    else if (row.body) t.match(answer.body, row.body)
    if (row.status >= 400 && row.request.method !== 'HEAD') {
      t.match(answer.json(), {
        type: /^urn:backo:error:/,
        title: String,
        status: row.status,
        detail: String,
        errors: Array,
      })
    }
  })
}

t.test('a prefix stands before every path, and in Location', async (t) => {
  const { fastify } = fakeServer({ prefix: '/api/v1' })
  t.teardown(() => fastify.close())
  t.equal((await fastify.inject('/api/v1/myApp/users')).statusCode, 200)
  t.equal((await fastify.inject('/myApp/users')).statusCode, 404)
  t.equal((await fastify.inject('/api/v1/_health/live')).statusCode, 200)
  const made = await fastify.inject({
    method: 'POST',
    url: '/api/v1/myApp/users',
    headers: json,
    payload: '{}',
  })
  t.equal(made.headers['location'], '/api/v1/myApp/users/new%2F%C3%A9')
})

t.test('errors of operations', async (t) => {
  const cases: readonly {
    readonly error: unknown
    readonly status: number
    readonly expect: object
    readonly logged: string | null
    readonly headers?: object
  }[] = [
    {
      error: backoError('BACKO_REQUEST_INVALID', '$.a: Must be a string', {
        errors: [{ path: '$.a', message: 'Must be a string', value: 2 }],
      }),
      status: 400,
      expect: {
        title: 'Some values are not valid',
        code: 'BACKO_REQUEST_INVALID',
        errors: [{ path: '$.a', message: 'Must be a string', value: 2 }],
      },
      logged: null,
    },
    {
      error: new BackoError(418, 'a hook said so', {
        extra: { operation: 2 },
        headers: { 'x-tea': 'green' },
      }),
      status: 418,
      expect: {
        title: "I'm a Teapot",
        detail: 'a hook said so',
        operation: 2,
        code: 'BACKO_HOOK_ERROR',
      },
      headers: { 'x-tea': 'green' },
      logged: null,
    },
    {
      error: backoError('BACKO_RIGHT_ANONYMOUS', 'log in'),
      status: 401,
      expect: { code: 'BACKO_RIGHT_ANONYMOUS' },
      headers: { 'www-authenticate': 'Bearer' },
      logged: 'warn',
    },
    {
      error: away(),
      status: 503,
      expect: { code: 'BACKO_STORE_AWAY' },
      headers: { 'retry-after': '1' },
      logged: 'warn',
    },
    {
      error: new Error('secret'),
      status: 500,
      expect: {
        code: 'BACKO_INTERNAL',
        detail: 'something went wrong here; it has been logged',
        request_id: 'rq1',
      },
      logged: 'error',
    },
    {
      error: 'secret, thrown as text',
      status: 500,
      expect: { code: 'BACKO_INTERNAL' },
      logged: 'error',
    },
    { error: undefined, status: 200, expect: {}, logged: null },
  ]
  for (const row of cases) {
    const server = fakeServer()
    server.fail(row.error)
    const answer = await server.fastify.inject({
      url: '/myApp/users/1?token=s3cret',
      headers: { 'x-request-id': 'rq1' },
    })
    t.equal(answer.statusCode, row.status)
    t.match(answer.json(), row.expect)
    t.match(answer.headers, row.headers ?? {})
    t.notMatch(answer.body, /secret/, 'inner detail stays inside')
    t.equal(server.logged.at(-1)?.level, row.logged ?? undefined)
    if (row.logged)
      t.match(server.logged.at(-1), {
        fields: { request_id: 'rq1', method: 'GET', path: '/myApp/users/1' },
      })
    await server.fastify.close()
  }
})

t.test('readiness tells when the store is away', async (t) => {
  const server = fakeServer()
  t.teardown(() => server.fastify.close())
  server.fail(away())
  const answer = await server.fastify.inject('/_health/ready')
  t.equal(answer.statusCode, 503)
  t.equal(answer.headers['retry-after'], '1')
  t.equal((await server.fastify.inject('/_health/live')).statusCode, 200)
})

t.test('requests are logged at debug, and only then', async (t) => {
  const quiet = fakeServer()
  await quiet.fastify.inject('/myApp/users/1')
  t.equal(quiet.logged.length, 0)
  const loud = fakeServer({}, 'debug')
  await loud.fastify.inject('/myApp/users/1')
  t.match(loud.logged, [
    {
      level: 'debug',
      message: 'request',
      fields: { method: 'GET', status: 200, url: '/myApp/users/1' },
    },
  ])
  await Promise.all([quiet.fastify.close(), loud.fastify.close()])
})

t.test('cross-origin requests', async (t) => {
  const { fastify } = fakeServer({ cors: { origin: ['https://a.example'] } })
  t.teardown(() => fastify.close())
  const from = (origin: string, more: object = {}): InjectOptions => ({
    url: '/myApp/users/1',
    headers: { origin, ...more },
  })
  const known = await fastify.inject(from('https://a.example'))
  t.match(known.headers, {
    'access-control-allow-origin': 'https://a.example',
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': /ETag/,
    vary: 'Origin',
  })
  const other = await fastify.inject(from('https://b.example'))
  t.equal(other.statusCode, 200)
  t.equal(other.headers['access-control-allow-origin'], undefined)
  const asked = await fastify.inject({
    ...from('https://a.example', { 'access-control-request-method': 'PUT' }),
    method: 'OPTIONS',
  })
  t.equal(asked.statusCode, 204)
  t.match(asked.headers, { 'access-control-allow-methods': /PUT/ })
  const failed = await fastify.inject({ ...from('https://a.example'), url: '/nope/x' })
  t.equal(
    failed.headers['access-control-allow-origin'],
    'https://a.example',
    'errors can be read too',
  )
})

t.test('anyone may come, without cookies', async (t) => {
  const { fastify } = fakeServer({ cors: { origin: ['*'] } })
  t.teardown(() => fastify.close())
  const answer = await fastify.inject({
    url: '/myApp/users/1',
    headers: { origin: 'https://x.example' },
  })
  t.equal(answer.headers['access-control-allow-origin'], '*')
  t.equal(answer.headers['access-control-allow-credentials'], undefined)
})

t.test('an embedding program keeps its own parsers and routes', async (t) => {
  const { fastify } = fakeServer()
  t.teardown(() => fastify.close())
  fastify.post('/mine', async (request) => ({ got: request.body }))
  const answer = await fastify.inject({
    method: 'POST',
    url: '/mine',
    payload: 'text',
    headers: { 'content-type': 'text/plain' },
  })
  t.same(answer.json(), { got: 'text' })
})
