/** http.md "Filters" in bodies: every form a condition may take, and what is refused. */
import { scenario, type Row } from './scenario.ts'

const YAML = `
backo: 1
name: app
collections:
  p:
    id: { expr: "item.name" }
    fields:
      name: String
      s: String
      i: Int
      b: Bool
      dt: Datetime
      l: { type: List, items: Int }
      t: { type: Tuple, items: [Int, String] }
      n: { type: In, types: [Int, String] }
      fd: FreeDict
      d: { type: Dict, fields: { x: Int, y: { type: Dict, fields: { z: String } } } }
      ld: { type: List, items: { type: Dict, fields: { p: Int, w: String, d: { type: Dict, fields: { q: Bool } } } } }
      r: { type: Ref, coll: p, field: $.rs }
      rs: { type: RefsList, coll: p, field: $.r }
`
const URL = '/app/p/_selections/_all'
const found = (body: unknown, names: string): Row => ({
  send: `POST ${URL}`,
  body,
  status: 200,
  names: names.split(''),
  expect: { total: names.length },
  why: JSON.stringify(body),
})
const refused = (body: unknown, detail: RegExp): Row => ({
  send: `POST ${URL}`,
  ...(typeof body === 'string' ? { raw: body } : { body }),
  status: 400,
  expect: { status: 400, detail },
  why: JSON.stringify(body).slice(0, 100),
})

scenario('filters in bodies', {
  yaml: YAML,
  rows: [
    {
      send: 'POST /app/p',
      body: [
        {
          name: 'A',
          s: 'x',
          i: 1,
          b: true,
          dt: '2020-01-01',
          l: [1, 2],
          t: [1, 'a'],
          n: 1,
          fd: { a: { b: 1 }, c: 'x' },
          d: { x: 1, y: { z: 'q' } },
          ld: [
            { p: 1, w: 'a', d: { q: true } },
            { p: 2, w: 'b' },
          ],
        },
        { name: 'B', n: '1', i: 0 },
        { name: 'C', i: 20 },
      ],
      status: 201,
    },
    { send: 'PUT /app/p/B', body: { r: 'A' }, status: 200 },
    found({}, 'ABC'),
    found({ i: 1 }, 'A'),
    found({ i: ['$gt', 5] }, 'C'),
    found({ i: ['$in', [1, 20]] }, 'AC'),
    found({ i: { $gt: 0, $lt: 5 } }, 'A'),
    found({ i: {} }, 'ABC'),
    found({ i: { $in: [] } }, ''),
    found({ i: { $nin: [] } }, 'ABC'),
    found({ i: { $not: { $gt: 5 } } }, 'AB'),
    found({ i: { $not: ['$gt', 5] } }, 'AB'),
    found({ i: { $not: 20 } }, 'AB'),
    found({ i: { $or: [{ $gt: 5 }, { $lt: 1 }] } }, 'BC'),
    found({ i: { $or: [1, 20] } }, 'AC'),
    found({ 'i.$gte': 1 }, 'AC'),
    found({ '$.i': 1 }, 'A'),
    found({ d: { x: 1 } }, 'A'),
    found({ d: { y: { z: { $reg: 'q' } } } }, 'A'),
    found({ 'd.y': { z: 'q' } }, 'A'),
    found({ d: { 'y.z.$re': 'q' } }, 'A'),
    found({ r: { name: 'A' } }, 'B'),
    found({ rs: { name: { $in: ['B'] } } }, 'A'),
    found({ ld: { p: 1, w: 'b' } }, 'A'),
    found({ ld: { $contains: { p: 1, w: 'b' } } }, ''),
    found({ ld: { $contains: { p: { $gt: 1 }, w: 'b' } } }, 'A'),
    found({ ld: { $contains: { d: { q: true } } } }, 'A'),
    found({ ld: { $all: [{ p: 1, w: 'a' }, { p: 2 }] } }, 'A'),
    found({ ld: { $all: [{ p: 1, w: 'b' }] } }, ''),
    found({ l: [1, 2] }, 'A'),
    found({ l: [2, 1] }, ''),
    found({ l: { $contains: { $gt: 1 } } }, 'A'),
    found({ l: { $contains: ['$gt', 2] } }, ''),
    found({ l: { $all: [] } }, 'ABC'),
    found({ dt: '2020-01-01' }, 'A'),
    found({ n: 1 }, 'A'),
    found({ n: '1' }, 'B'),
    found({ t: [1, 'a'] }, 'A'),
    found({ fd: { c: 'x', a: { b: 1 } } }, 'A'),
    found({ fd: { $eq: { a: { b: 1 }, c: 'x' } } }, 'A'),
    found({ 'fd.a': { b: { $gt: 0 } } }, 'A'),
    found({ $or: [{ i: 1 }, { i: 20 }] }, 'AC'),
    found({ $or: [] }, ''),
    found({ $and: [] }, 'ABC'),
    found({ $not: { i: 1 } }, 'BC'),
    found({ $not: {} }, ''),
    found({ $and: [{ $or: [{ i: 1 }, { i: 0 }] }, { $not: { s: 'x' } }] }, 'B'),
    found({ i: 1, $or: [{ s: 'x' }, { s: 'y' }] }, 'A'),
    found({ name: { $in: Array.from({ length: 5000 }, (_, i) => `n${i}`) } }, ''),
  ],
})

scenario('filters that are refused', {
  yaml: YAML,
  stores: ['memory'],
  rows: [
    refused([], /Must be a dict/),
    refused('5', /Must be a dict/),
    refused('null', /Must be a dict/),
    refused('{', /JSON/i),
    refused({ nope: 1 }, /nope: Unknown field/),
    refused({ $nope: 1 }, /\$nope: Unknown operator/),
    refused({ i: { $nope: 1 } }, /i\.\$nope/),
    refused({ i: ['$nope', 1] }, /i\.\$nope/),
    refused({ i: ['$gt'] }, /i: Must be an int/),
    refused({ i: [1, 2] }, /i: Must be an int/),
    refused({ i: '1' }, /i: Must be an int/),
    refused({ i: { x: 1 } }, /i\.x/),
    refused({ i: { $gt: null } }, /i\.\$gt/),
    refused({ i: { $in: 1 } }, /i\.\$in: Must be a list/),
    refused({ i: { $exists: 1 } }, /i\.\$exists/),
    refused({ s: 1 }, /s: Must be a string/),
    refused({ s: { $re: '[' } }, /s\.\$re/),
    refused({ s: { $reg: 5 } }, /s\.\$reg/),
    refused({ b: 'true' }, /b: Must be a bool/),
    refused({ dt: { $lt: 'x' } }, /dt\.\$lt: Must be a datetime/),
    refused({ l: { $size: { $gt: 1 } } }, /l\.\$size/),
    refused({ $or: {} }, /\$or: Must be a list/),
    refused({ $or: [1] }, /Needs a field/),
    refused({ $expr: 'true' }, /\$expr/),
    refused({ '': 1 }, /Unknown field/),
    refused({ 'i.': 1 }, /Unknown field/),
    refused({ i: 'x', s: 1, nope: 1 }, /i: .*s: .*nope: /),
    refused('{"__proto__":{"i":1}}', /__proto__/),
    refused('{"i":{"__proto__":1}}', /__proto__/),
    refused('{"fd":{"__proto__":1}}', /__proto__/),
    refused('{"$not":'.repeat(60) + '{"i":1}' + '}'.repeat(60), /32 deep/),
    refused({ $or: Array.from({ length: 600 }, (_, i) => ({ i })) }, /500 conditions/),
  ],
})
