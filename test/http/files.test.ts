/** http.md "Files": fields of type File over HTTP, on every store. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type * as Tap from 'tap'
import { FILES, form, jsonFile, PNG, type FormPart } from './forms.ts'
import { onEachStore, type OnStore } from './scenario.ts'

const sha = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex')

interface Answer {
  readonly status: number
  readonly body: any // eslint-disable-line typescript/no-explicit-any
  readonly bytes: Buffer
  readonly headers: Record<string, unknown>
}

type Send = (
  what: string,
  given?: {
    readonly json?: unknown
    readonly parts?: readonly FormPart[]
    readonly payload?: Buffer
    readonly headers?: Record<string, string>
  },
) => Promise<Answer>

function sender({ app }: OnStore): Send {
  return async (what, { json, parts, payload, headers = {} } = {}) => {
    const [method = 'GET', url = ''] = what.split(' ')
    const made = parts ? form(parts) : null
    const answer = await app.inject({
      method: method as 'GET',
      url,
      headers: {
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...made?.headers,
        ...headers,
      },
      ...(json === undefined ? {} : { payload: JSON.stringify(json) }),
      ...(made ? { payload: payload ?? made.payload } : payload ? { payload } : {}),
    })
    const isJson = /json/.test(String(answer.headers['content-type']))
    return {
      status: answer.statusCode,
      body: isJson ? JSON.parse(answer.body) : answer.body,
      bytes: answer.rawPayload,
      headers: answer.headers,
    }
  }
}

/** How many contents are kept; null where nobody can look. */
async function kept({ store, directory, app }: OnStore): Promise<number | null> {
  const folder =
    store === 'sqlite'
      ? join(directory, 'test.db.files')
      : store === 'yaml'
        ? join(directory, 'items', '_files')
        : null
  void app
  if (folder === null) return null
  if (!existsSync(folder)) return 0
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
  return names.filter((entry) => entry.isFile()).length
}

async function expectKept(t: Tap.Test, on: OnStore, count: number, why: string): Promise<void> {
  const found = await kept(on)
  if (found !== null) t.equal(found, count, why)
}

onEachStore('a form, and what comes back', FILES, async (t, on) => {
  const send = sender(on)
  const big = Buffer.alloc(300_000, 'x\n')
  const made = await send('POST /app/docs', {
    parts: [
      { name: '$.f', filename: 'héllo "1".txt', type: 'text/plain', content: 'hello world' },
      { name: '_json', content: '{"name":"one"}' },
      { name: '$.doc.scan', filename: 'big.txt', type: 'text/plain', content: big },
      { name: '$.files[1]', filename: 'p.png', type: 'text/plain', content: PNG },
      { name: '$.files[0]', filename: 'a.txt', type: 'text/plain', content: 'hello world' },
    ],
  })
  t.equal(made.status, 201, 'created')
  const { _id: id } = made.body
  const hello = {
    filename: 'héllo "1".txt',
    content_type: 'text/plain',
    size: 11,
    sha256: sha('hello world'),
  }
  t.strictSame(made.body.f, hello)
  t.strictSame(made.body.doc.scan.size, big.length)
  t.strictSame(
    made.body.files.map((file: { filename: string; content_type: string }) => [
      file.filename,
      file.content_type,
    ]),
    [
      ['a.txt', 'text/plain'],
      ['p.png', 'image/png'],
    ],
    'a type is told by the content, a list has its order',
  )
  await expectKept(t, on, 3, 'the same content twice in an item is kept once')

  const whole = await send(`GET /app/docs/${id}/f`)
  t.equal(whole.status, 200)
  t.equal(whole.body, 'hello world')
  t.match(whole.headers, {
    'content-type': /^text\/plain/,
    'content-length': '11',
    etag: `"${hello.sha256}"`,
    'accept-ranges': 'bytes',
    'x-content-type-options': 'nosniff',
    'content-security-policy': /sandbox/,
    'cache-control': /private/,
    'content-disposition': `attachment; filename="h_llo _1_.txt"; filename*=UTF-8''h%C3%A9llo%20%221%22.txt`,
  })
  const etag = { 'if-none-match': `"${hello.sha256}"` }
  t.equal((await send(`GET /app/docs/${id}/f`, { headers: etag })).status, 304)
  const head = await send(`HEAD /app/docs/${id}/doc.scan`)
  t.strictSame([head.status, head.headers['content-length']], [200, '300000'])

  for (const path of ['doc.scan', 'doc/scan', '$.doc.scan'])
    t.ok((await send(`GET /app/docs/${id}/${path}`)).bytes.equals(big), path)
  for (const path of ['files[1]', 'files/1', 'files.1', 'files%5B1%5D']) {
    const picture = await send(`GET /app/docs/${id}/${path}`)
    t.ok(picture.bytes.equals(PNG), path)
    t.match(picture.headers, { 'content-type': 'image/png', 'content-disposition': /^inline/ })
  }

  const ranges: readonly (readonly [string, number, string | null])[] = [
    ['bytes=0-4', 206, 'hello'],
    ['bytes=6-', 206, 'world'],
    ['bytes=-5', 206, 'world'],
    ['bytes=6-99', 206, 'world'],
    ['bytes=-99', 206, 'hello world'],
    ['bytes=11-', 416, null],
    ['bytes=-0', 416, null],
    ['bytes=4-2', 200, 'hello world'],
    ['bytes=0-1,3-4', 200, 'hello world'],
    ['lines=1-2', 200, 'hello world'],
  ]
  for (const [range, status, text] of ranges) {
    const part = await send(`GET /app/docs/${id}/f`, { headers: { range } })
    t.equal(part.status, status, range)
    if (text !== null) t.equal(part.body, text, range)
    if (status === 416) t.equal(part.headers['content-range'], 'bytes */11')
  }
  const stale = { range: 'bytes=0-4', 'if-range': '"other"' }
  t.equal((await send(`GET /app/docs/${id}/f`, { headers: stale })).status, 200, 'If-Range')

  const missing = ['pic', 'nope', 'name', 'doc', 'files', 'files[7]', 'f.size', '_id', '_meta', '*']
  for (const path of missing)
    t.equal((await send(`GET /app/docs/${id}/${path}`)).status, 404, `no file at ${path}`)
  t.equal((await send('GET /app/docs/nobody/f')).status, 404)
  t.equal((await send(`PUT /app/docs/${id}/f`, { json: {} })).status, 405)
})

onEachStore('replaced, sent back, moved, removed', FILES, async (t, on) => {
  const send = sender(on)
  const { body } = await send('POST /app/docs', {
    json: { f: jsonFile('one'), files: [jsonFile('a'), jsonFile('b')] },
  })
  const id = body._id
  await expectKept(t, on, 3, 'each content')
  const put = async (json: unknown): Promise<Answer> => send(`PUT /app/docs/${id}`, { json })

  const same = await put({ f: body.f, files: body.files, name: 'x' })
  t.equal(same.status, 200, 'what the item shows is passed over')
  t.strictSame(same.body.f, body.f)
  t.equal((await put({ f: { ...body.f, sha256: sha('two') } })).status, 400, 'of another content')
  t.equal((await put({ f: { ...body.f, filename: 'y' } })).status, 400, 'half changed')
  t.equal((await put({ pic: body.f })).status, 400, 'of another field, and its rules hold')

  const less = await put({ files: [body.files[1], jsonFile('c')] })
  t.equal(less.body.files.length, 2)
  t.equal((await send(`GET /app/docs/${id}/files[0]`)).body, 'b')
  t.equal((await send(`GET /app/docs/${id}/files[1]`)).body, 'c')
  await expectKept(t, on, 3, 'what was replaced is gone')

  const patch = async (json: unknown): Promise<Answer> => send(`PATCH /app/docs/${id}`, { json })
  const moved = await patch([
    { op: 'move', from: '$.f', path: '$.doc.scan' },
    { op: 'add', path: '$.files[-]', value: jsonFile('d') },
    { op: 'remove', path: '$.files[0]' },
  ])
  t.equal(moved.status, 200)
  t.equal(moved.body.f, null)
  t.equal((await send(`GET /app/docs/${id}/doc.scan`)).body, 'one')
  t.equal((await send(`GET /app/docs/${id}/files[1]`)).body, 'd')
  const formed = await send(`PATCH /app/docs/${id}`, {
    parts: [
      { name: '_json', content: '[{"op":"replace","path":"$.name","value":"patched"}]' },
      { name: '$.f', filename: 'new.txt', type: 'text/plain', content: 'new' },
      { name: '$.files[-]', filename: 'e.txt', type: 'text/plain', content: 'e' },
    ],
  })
  t.match(formed.body, { name: 'patched', f: { size: 3 }, files: { length: 3 } })
  await expectKept(t, on, 5, 'one, c, d, new, e')

  t.equal((await put({ f: null, doc: null })).status, 200)
  t.equal((await send(`GET /app/docs/${id}/f`)).status, 404)
  await expectKept(t, on, 3, 'null removes')
  const batch = await send('POST /app/_batch', {
    json: {
      operations: [
        { method: 'DELETE', path: `/app/docs/${id}` },
        { method: 'POST', path: '/app/docs', body: { f: jsonFile('in a batch') } },
      ],
    },
  })
  t.equal(batch.status, 200)
  const other = batch.body.results[1].body._id
  t.equal((await send(`GET /app/docs/${other}/f`)).body, 'in a batch')
  await expectKept(t, on, 1, 'a deleted item takes its files along')
  const list = await send('POST /app/docs', { json: [{ f: jsonFile('x') }, { f: jsonFile('x') }] })
  t.equal(list.status, 201)
  await expectKept(t, on, 3, 'items share nothing')
  await send(`DELETE /app/docs/${list.body[0]._id}`)
  t.equal((await send(`GET /app/docs/${list.body[1]._id}/f`)).body, 'x')
})

onEachStore('bounds, and types by content', FILES, async (t, on) => {
  const send = sender(on)
  const text = (content: string): FormPart => ({
    name: '$.f',
    filename: 'a.txt',
    type: 'text/plain',
    content,
  })
  const cases: readonly (readonly [string, FormPart, number])[] = [
    ['as large as it may be', { ...text('x'.repeat(1000)), name: '$.small' }, 201],
    ['too large', { ...text('x'.repeat(1001)), name: '$.small' }, 413],
    ['much too large', { ...text('x'.repeat(3_000_000)), name: '$.small' }, 413],
    ['larger than a body of JSON may be', text('x'.repeat(3_000_000)), 201],
    ['a picture', { name: '$.pic', filename: 'p', type: 'image/png', content: PNG }, 201],
    ['a picture of no type', { name: '$.pic', filename: 'p', content: PNG }, 201],
    [
      'a picture, said to be text',
      { name: '$.pic', filename: 'p', type: 'text/plain', content: PNG },
      415,
    ],
    ['a text', { name: '$.pic', filename: 'p', type: 'text/plain', content: 'no' }, 415],
    ['a text of no type', { name: '$.pic', filename: 'p', content: 'no' }, 415],
    ['who can tell', { name: '$.pic', filename: 'p.png', type: 'image/png', content: 'no' }, 201],
    ['bytes', { name: '$.pic', filename: 'p', type: 'image/png', content: Buffer.of(0, 1) }, 201],
    ['a page', { name: '$.pic', filename: 'p', type: 'image/png', content: '\n<html>x' }, 415],
    ['a PDF', { name: '$.pic', filename: 'p', type: 'image/png', content: '%PDF-1.4 x' }, 415],
    ['no byte, anything goes', text(''), 201],
    ['a page', { ...text('<html>'), type: 'text/html' }, 201],
  ]
  let count = 0
  for (const [what, part, status] of cases) {
    const answer = await send('POST /app/docs', { parts: [part] })
    t.equal(answer.status, status, what)
    if (status === 201) count++
    else t.match(answer.body.errors, [{ path: part.name }], 'it names the field')
    const file = await answer.body
    if (status === 201) {
      const back = await send(`GET /app/docs/${file._id}/${part.name}`)
      t.ok(back.bytes.equals(Buffer.from(part.content)), 'it comes back')
    }
  }
  await expectKept(t, on, count, 'what was refused is not kept')
  const json: readonly (readonly [string, unknown, number])[] = [
    ['too large', { small: jsonFile('x'.repeat(1001)) }, 413],
    ['a lie', { pic: { ...jsonFile('<p>x'), content_type: 'image/png' } }, 415],
    ['a wrong type', { pic: { ...jsonFile('x'), content_type: 'application/pdf' } }, 415],
    [
      'a picture that is said to be none',
      { pic: { ...jsonFile(''), content: PNG.toString('base64') } },
      415,
    ],
    ['no base64', { f: { ...jsonFile(''), content: 'a?' } }, 400],
    ['no content', { f: { filename: 'a', content_type: 'text/plain' } }, 400],
    ['more', { f: { ...jsonFile('a'), path: '/etc/passwd' } }, 400],
    ['a text', { f: 'x' }, 400],
    ['a type that is none', { f: { ...jsonFile('a'), content_type: 'x' } }, 400],
    [
      'names of nobody',
      { f: { filename: 'a', content_type: 'a/b', size: 1, sha256: sha('x') } },
      400,
    ],
  ]
  for (const [what, body, status] of json)
    t.equal((await send('POST /app/docs', { json: body })).status, status, `JSON: ${what}`)
  await expectKept(t, on, count, 'nor is that')
  const names: readonly (readonly [string, string])[] = [
    ['../../etc/passwd', 'passwd'],
    ['C:\\temp\\b.txt', 'b.txt'],
    ['a\u0000b\r\nX: y.txt', 'abX: y.txt'],
    ['..', 'file'],
    ['gpj\u202e.exe', 'gpj.exe'],
  ]
  for (const [filename, name] of names) {
    const made = await send('POST /app/docs', { json: { f: { ...jsonFile('x'), filename } } })
    t.equal(made.body.f?.filename, name, JSON.stringify(filename))
    const back = await send(`GET /app/docs/${made.body._id}/f`)
    t.match(back.headers['content-disposition'], /^attachment; filename="[^"\r\n]*"/)
  }
  const said = { ...jsonFile('not really'), content_type: 'application/vnd.own' }
  const own = await send('POST /app/docs', { json: { f: said } })
  t.equal(
    own.body.f?.content_type,
    said.content_type,
    'what the client says, when nothing tells more',
  )
  const svg = { ...jsonFile('<svg onload="x()"/>'), content_type: 'image/svg+xml' }
  const picture = await send('POST /app/docs', { json: { pic: svg } })
  t.equal(picture.status, 201, 'an SVG is an image')
  t.match(
    (await send(`GET /app/docs/${picture.body._id}/pic`)).headers,
    { 'content-disposition': /^attachment/, 'content-type': 'image/svg+xml' },
    'and never shown in place',
  )
})

onEachStore('forms that are none', FILES, async (t, on) => {
  const send = sender(on)
  const part = { name: '$.f', filename: 'a.txt', type: 'text/plain', content: 'hello' }
  const cases: readonly (readonly [string, readonly FormPart[], number])[] = [
    ['no _json', [part], 201],
    ['nothing chosen in a browser', [{ ...part, filename: '', content: '' }], 201],
    ['_json that is none', [{ name: '_json', content: '{' }], 400],
    [
      '_json twice',
      [
        { name: '_json', content: '{}' },
        { name: '_json', content: '{}' },
      ],
      400,
    ],
    ['_json too large', [{ name: '_json', content: `{"name":"${'x'.repeat(2 ** 20)}"}` }], 413],
    ['two for one field', [part, part], 400],
    ['a field that is no file', [{ ...part, name: '$.name' }], 400],
    ['a Dict', [{ ...part, name: '$.doc' }], 400],
    ['an unknown field', [{ ...part, name: '$.nope' }], 400],
    ['no selector', [{ ...part, name: '$.files[*]' }], 400],
    ['_meta', [{ ...part, name: '$._meta' }], 400],
    ['__proto__', [{ ...part, name: '$.__proto__' }], 400],
    ['beyond the end of a list', [{ ...part, name: '$.files[3]' }], 400],
    ['no filename', [{ name: '$.f', content: 'x' }], 400],
    ['a field that nobody may write', [{ ...part, name: '$.secret' }], 401],
    ['too many', Array.from({ length: 101 }, (_, i) => ({ ...part, name: `$.files[${i}]` })), 413],
  ]
  let count = 0
  for (const [what, parts, status] of cases) {
    const answer = await send('POST /app/docs', { parts })
    t.equal(answer.status, status, what)
    if (answer.body.f) count++
  }
  await expectKept(t, on, count, 'nothing is left of what was refused')
  const good = form([part])
  const type = good.headers['content-type'] ?? ''
  const raw: readonly (readonly [string, Buffer, string])[] = [
    ['cut off in a part', good.payload.subarray(0, -30), type],
    ['cut off in the headers', good.payload.subarray(0, 40), type],
    ['nothing', Buffer.alloc(0), type],
    ['another boundary', good.payload, 'multipart/form-data; boundary=other'],
    ['no boundary', good.payload, 'multipart/form-data'],
    [
      'huge headers',
      Buffer.from(
        good.payload.toString().replace('Content-Type', `X: ${'x'.repeat(20_000)}\r\nContent-Type`),
      ),
      type,
    ],
    ['no name', Buffer.from(good.payload.toString().replace(' name="$.f";', '')), type],
  ]
  for (const [what, payload, header] of raw) {
    const answer = await send('POST /app/docs', { payload, headers: { 'content-type': header } })
    t.equal(answer.status, 400, what)
  }
  await expectKept(t, on, count, 'nor of that')
  const plain = await send('POST /app/plain', { parts: [{ name: '_json', content: '{}' }] })
  t.equal(plain.status, 415, 'a collection without files reads JSON alone')
  const plainItem = await send('POST /app/plain', { json: { name: 'x' } })
  t.equal((await send(`GET /app/plain/${plainItem.body._id}/name`)).status, 404)
  t.equal((await send(`PUT /app/plain/${plainItem.body._id}/name`)).status, 404)
})

onEachStore('rights, filters, checks', FILES, async (t, on) => {
  const send = sender(on)
  const { body } = await send('POST /app/docs', {
    json: { name: 'a', f: jsonFile('hello'), hidden: jsonFile('secret'), own: jsonFile('mine') },
  })
  const id = body._id
  t.equal('hidden' in body, false)
  const absent = await send(`GET /app/docs/${id}/pic`)
  const hidden = await send(`GET /app/docs/${id}/hidden`)
  t.equal(hidden.status, 404)
  t.same(
    { ...hidden.body, detail: '' },
    { ...absent.body, detail: '' },
    'what may not be read is like what is not there',
  )
  t.equal((await send(`GET /app/docs/${id}/own`)).status, 200)
  t.equal((await send(`PUT /app/docs/${id}`, { json: { name: 'b' } })).status, 200)
  t.equal((await send(`GET /app/docs/${id}/own`)).status, 404, 'it does not exist for a b')
  const guess = { filename: 'a.txt', content_type: 'text/plain', size: 6, sha256: sha('secret') }
  const wrong = { ...guess, sha256: sha('other') }
  const answers = [
    await send(`PUT /app/docs/${id}`, { json: { hidden: guess } }),
    await send(`PUT /app/docs/${id}`, { json: { hidden: wrong } }),
    await send(`PUT /app/docs/${id}`, { json: { f: guess } }),
  ]
  for (const answer of answers) t.equal(answer.status, 400, 'nothing is found out by guessing')

  for (const [query, total] of [
    ['f.size=5', 1],
    ['f.size.$gt=5', 0],
    ['f.content_type=text/plain', 1],
    ['f.filename.$re=txt', 1],
    ['f=null', 0],
    ['pic=null', 1],
    ['_sort=f.size', 1],
  ] as const)
    t.equal((await send(`GET /app/docs?${query}`)).body.total, total, query)
  for (const query of ['hidden.size=6', 'hidden.$exists=true', 'hidden.sha256.$re=.'])
    t.equal((await send(`GET /app/docs?${query}`)).body.total, 0, `${query} finds nothing out`)
  t.equal((await send('GET /app/docs?f.object=x')).status, 400, 'where it is is not told')
  const rows = await send('GET /app/docs/_selections/sizes')
  t.strictSame(rows.body.result, [[id, 5, body.f]])

  const check = async (item: unknown, path: string): Promise<unknown> =>
    (await send('POST /app/docs/_check', { json: { item, path } })).body.error
  t.equal(await check({ f: jsonFile('x') }, '$.f'), null)
  t.equal(await check({ f: body.f }, '$.f'), null, 'what an item shows is right')
  t.match(await check({ f: { filename: 'x' } }, '$.f'), /^\$\.f: Must be a file/)
  t.match(
    await check({ pic: jsonFile('x') }, '$.pic'),
    /^\$\.pic: Must have one of the types: image/,
  )
  t.match(await check({ small: jsonFile('x'.repeat(2000)) }, '$.small'), /Must have a size <= 1000/)
})

const LASTING = FILES.replace('  docs:\n', '  docs:\n    history: true\n    soft_delete: true\n')

onEachStore('versions and deleted items keep their files', LASTING, async (t, on) => {
  const send = sender(on)
  const { body } = await send('POST /app/docs', { json: { f: jsonFile('first') } })
  const id = body._id
  await send(`PUT /app/docs/${id}`, { json: { f: jsonFile('second') } })
  t.equal((await send(`GET /app/docs/${id}/f`)).body, 'second')
  const back = await send(`POST /app/docs/_actions/restore/${id}`, { json: { version: 1 } })
  t.equal(back.status, 200)
  t.equal((await send(`GET /app/docs/${id}/f`)).body, 'first')
  t.equal((await send(`DELETE /app/docs/${id}`)).status, 204)
  t.equal((await send(`GET /app/docs/${id}/f`)).status, 404)
  t.equal((await send(`POST /app/docs/_actions/restore/${id}`, { json: {} })).status, 200)
  t.equal((await send(`GET /app/docs/${id}/f`)).body, 'first')
  await send(`PUT /app/docs/${id}`, { json: { f: jsonFile('second') } })
  t.equal((await send(`GET /app/docs/${id}/f`)).body, 'second', 'a content that a version has kept')
})

onEachStore(
  'a request that fails leaves no file, and a sweep takes the rest',
  FILES,
  async (t, on) => {
    const send = sender(on)
    const { app } = on
    const made = await send('POST /app/docs', { json: { f: jsonFile('kept') } })
    const parts = [
      { name: '$.f', filename: 'a.txt', type: 'text/plain', content: 'lost' },
      { name: '_json', content: '{"name": 12}' },
    ]
    t.equal((await send('POST /app/docs', { parts })).status, 400)
    t.equal((await send(`PUT /app/docs/${made.body._id}`, { parts })).status, 400)
    t.equal((await send('PUT /app/docs/nobody', { parts })).status, 404)
    await expectKept(t, on, 1, 'but what is an item’s')
    await t.rejects(
      app.transaction(async ({ backoffice }) => {
        await backoffice['docs']?.create({ f: jsonFile('taken back') })
        throw new Error('no')
      }),
    )
    await expectKept(t, on, 1, 'a transaction that is taken back leaves none')
  },
)
