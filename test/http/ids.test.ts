/** config.md `id`: what an expression may make an `_id`, and how it stands in URLs, references and files. */
import { scenario, type Row } from './scenario.ts'

/** Made, read, changed, referred to, listed and deleted by its percent-encoded name. */
function lives(name: string): Row[] {
  const path = `/app/c/${encodeURIComponent(name)}`
  const shown = JSON.stringify(name)
  return [
    {
      send: 'POST /app/c',
      body: { name },
      status: 201,
      expect: { _id: name },
      sent: { location: path },
      why: `make ${shown}`,
    },
    { send: `PUT ${path}`, body: { n: 1, r: name }, status: 200, expect: { r: name, rs: [name] } },
    { send: `GET ${path}`, restart: true, status: 200, expect: { _id: name, n: 1, rs: [name] } },
    { send: `GET /app/c?_id=${encodeURIComponent(name)}`, status: 200, names: [name] },
    { send: `GET /app/c?rs.$contains=${encodeURIComponent(name)}`, status: 200, names: [name] },
    { send: 'POST /app/c', body: { name }, status: 409 },
    { send: `PUT ${path}`, body: { r: null }, status: 200 },
    { send: `DELETE ${path}`, status: 204 },
    { send: `GET ${path}`, status: 404 },
  ]
}

const refused = (name: unknown): Row => ({
  send: 'POST /app/c',
  body: { name },
  status: 400,
  expect: { errors: [{ path: '$._id' }] },
  why: `no id: ${JSON.stringify(name)?.slice(0, 20)}`,
})

scenario('ids by expression', {
  yaml: `
backo: 1
name: app
collections:
  c:
    id: { expr: item.name }
    fields:
      name: String
      n: Int
      r: { type: Ref, coll: c, field: $.rs }
      rs: { type: RefsList, coll: c, field: $.r, ods: UNLINK_REFERENCED_ITEMS }
`,
  stores: ['sqlite', 'yaml', 'memory'],
  rows: [
    ...[
      'a/b',
      '../../etc/passwd',
      '..\\..\\x',
      '...',
      ' ',
      ' lead and trail ',
      'é à?&#%+=',
      '%2F',
      'a%b',
      '😀',
      '\u0000',
      'line\nbreak',
      'CON',
      'con',
      'nul.yml',
      'constructor',
      'toString',
      'true',
      '1e3',
      '~',
      "'; DROP TABLE c; --",
      '$ne',
      '{"$gt":""}',
      'x'.repeat(512),
      'é'.repeat(300),
    ].flatMap(lives),
    refused(null),
    refused(''),
    refused('.'),
    refused('..'),
    refused('_check'),
    refused('__proto__'),
    refused('x'.repeat(513)),
    { send: 'GET /app/c', status: 200, expect: { total: 0 }, why: 'nothing is left' },
  ],
})

scenario('ids of each kind', {
  yaml: `
backo: 1
name: app
collections:
  uuids: { fields: { n: Int } }
  objects: { id: objectid, fields: { n: Int } }
  made: { id: { expr: "'User_' + item.name" }, fields: { name: String } }
  fresh: { id: { expr: uuid() }, fields: { n: Int } }
`,
  rows: [
    { send: 'POST /app/uuids', body: {}, status: 201, expect: { _id: /^[\da-f-]{14}7/ } },
    { send: 'POST /app/objects', body: {}, status: 201, expect: { _id: /^[\da-f]{24}$/ } },
    { send: 'POST /app/fresh', body: {}, status: 201, expect: { _id: /^[\da-f-]{36}$/ } },
    { send: 'POST /app/made', body: { name: 'x' }, status: 201, expect: { _id: 'User_x' } },
    {
      send: 'POST /app/made',
      body: { name: 'y', _id: 'mine' },
      status: 201,
      expect: { _id: 'User_y' },
    },
    { send: 'POST /app/made', body: {}, status: 400, expect: { errors: [{ path: '$._id' }] } },
    {
      send: 'PUT /app/made/User_x',
      body: { name: 'z' },
      status: 200,
      expect: { _id: 'User_x', name: 'z' },
      why: 'an id is made once',
    },
    { send: 'GET /app/uuids/%00', status: 404 },
    { send: `GET /app/uuids/${'x'.repeat(5000)}`, status: 404 },
    { send: 'GET /app/uuids/%ff', status: 400 },
  ],
})
