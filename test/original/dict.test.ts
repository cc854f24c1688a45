/**
 * What the tests of stricto hold of items as a whole (test_dict.py, test_event.py, test_toolbox.py): required,
 * unknown fields, computed fields, existence, rules that look at other fields, all or nothing.
 */
import t from 'tap'
import { createApp } from '../../src/app.ts'
import { ConfigError } from '../../src/start-errors.ts'
import { scenario } from '../http/scenario.ts'

const model = (fields: string): string => `
backo: 1
name: app
collections:
  things:
    fields:
${fields}
`

scenario('required', {
  yaml: model(`
      b: Int
      c: { type: Int, required: true }
      e: { type: Int, required: true, default: 0 }
  `),
  rows: [
    {
      send: 'POST /app/things',
      body: { b: 2 },
      status: 400,
      expect: { errors: [{ path: '$.c', message: 'Cannot be empty' }] },
    },
    { send: 'POST /app/things', body: { b: 2, c: null }, status: 400 },
    {
      send: 'POST /app/things',
      body: { c: 0, e: null },
      status: 400,
      expect: { errors: [{ path: '$.e', message: 'Cannot be empty' }] },
      why: 'null is not "not given"',
    },
    {
      send: 'POST /app/things',
      body: { b: 2, c: 3 },
      status: 201,
      keep: 'x',
      expect: { b: 2, c: 3, e: 0 },
    },
    { send: 'PUT /app/things/{x}', body: { c: null }, status: 400 },
    { send: 'PUT /app/things/{x}', body: { b: null }, status: 200, expect: { b: null, c: 3 } },
    {
      send: 'PUT /app/things/{x}',
      body: { b: 12 },
      status: 200,
      expect: { b: 12, c: 3 },
      why: 'what is not named stays',
    },
  ],
})

scenario('what is no item', {
  yaml: model('      b: Int\n      c: Int\n'),
  rows: [
    { send: 'POST /app/things', body: 12, status: 400 },
    { send: 'POST /app/things', body: null, status: 400 },
    {
      send: 'POST /app/things',
      body: { b: 1, c: 2, d: 'yolo' },
      status: 400,
      expect: { errors: [{ path: '$.d', message: 'Unknown field' }] },
    },
    {
      send: 'POST /app/things',
      body: { b: 'x', c: 'y', d: { e: 1 } },
      status: 400,
      expect: { errors: [{ path: '$.b' }, { path: '$.c' }, { path: '$.d' }] },
      why: 'every fault is told',
    },
    { send: 'POST /app/things', body: {}, status: 201, expect: { b: null, c: null } },
  ],
})

scenario('all or nothing', {
  yaml: model('      a: Int\n      b: { type: Int, required: true, default: 3 }\n'),
  rows: [
    { send: 'POST /app/things', body: { a: 1, b: 33 }, status: 201, keep: 'x' },
    { send: 'PUT /app/things/{x}', body: { a: 11, b: 'coucou' }, status: 400 },
    { send: 'GET /app/things/{x}', status: 200, expect: { a: 1, b: 33 } },
    { send: 'POST /app/things', body: [{ a: 1 }, { a: 'x' }], status: 400 },
    { send: 'GET /app/things', status: 200, expect: { total: 1 } },
  ],
})

scenario('computed', {
  yaml: model(`
      c: { type: Int, default: 1 }
      b: { type: Int, set: item.c + 1 }
      d: { type: Int, set: item.b + 1 }
      l: { type: List, items: Int, set: "[item.c, item.c + 1]" }
      sub: { type: Dict, fields: { x: Int, y: Int }, set: "{'x': item.c + 10, 'y': item.c + 20}" }
  `),
  rows: [
    {
      send: 'POST /app/things',
      body: {},
      status: 201,
      expect: { c: 1, b: 2, d: 3, l: [1, 2], sub: { x: 11, y: 21 } },
    },
    {
      send: 'POST /app/things',
      body: { c: 2 },
      status: 201,
      keep: 'x',
      expect: { b: 3, d: 4, l: [2, 3], sub: { x: 12, y: 22 } },
      why: 'one computed value after the other',
    },
    {
      send: 'PUT /app/things/{x}',
      body: { c: 33 },
      status: 200,
      expect: { b: 34, d: 35, l: [33, 34], sub: { x: 43, y: 53 } },
    },
    {
      send: 'GET /app/things/{x}',
      restart: true,
      status: 200,
      expect: { b: 34, d: 35, l: [33, 34], sub: { x: 43, y: 53 } },
    },
    {
      send: 'PUT /app/things/{x}',
      body: { b: 12 },
      status: 400,
      expect: { errors: [{ path: '$.b', message: 'Cannot be modified' }] },
      why: 'the original lets it be overwritten; config.md: read-only',
    },
    { send: 'PUT /app/things/{x}', body: { b: 34, c: 33 }, status: 200, expect: { b: 34 } },
    { send: 'GET /app/things?d.$gte=35', status: 200, expect: { total: 1 } },
    { send: 'GET /app/things?_sort=-d', status: 200, expect: { result: [{ d: 35 }, { d: 3 }] } },
  ],
})

scenario('existence', {
  yaml: model(`
      must_exists: { type: Bool, default: false }
      a: Int
      d: { type: Int, default: 3, required: true, exists: item.must_exists }
      s:
        type: Dict
        exists: item.must_exists
        fields:
          d: { type: Int, default: 3, required: true }
          e: { type: Dict, fields: { f: { type: Int, default: 33 } } }
  `),
  rows: [
    {
      send: 'POST /app/things',
      body: { a: 2 },
      status: 201,
      keep: 'x',
      expect: { must_exists: false, a: 2, d: undefined, s: undefined },
    },
    {
      send: 'PUT /app/things/{x}',
      body: { d: 2 },
      status: 400,
      expect: { errors: [{ path: '$.d' }] },
    },
    { send: 'PUT /app/things/{x}', body: { s: { d: 33 } }, status: 400 },
    { send: 'PUT /app/things/{x}', body: { s: { e: { f: 2 } } }, status: 400 },
    {
      send: 'PUT /app/things/{x}',
      body: { must_exists: true, d: 22 },
      status: 200,
      expect: { d: 22 },
    },
    { send: 'PUT /app/things/{x}', body: { s: { d: 2 } }, status: 200, expect: { s: { d: 2 } } },
    {
      send: 'GET /app/things/{x}',
      restart: true,
      status: 200,
      expect: { must_exists: true, d: 22, s: { d: 2 } },
    },
    {
      send: 'PUT /app/things/{x}',
      body: { must_exists: false },
      status: 200,
      expect: { d: undefined, s: undefined },
    },
    { send: 'GET /app/things?d=22', status: 200, expect: { total: 0 } },
  ],
})

scenario('rules that look at other fields', {
  yaml: model(`
      a: { type: Int, max: 99 }
      b: { type: Int, max: 99, constraint: "item.a == null || value > item.a" }
  `),
  rows: [
    {
      send: 'POST /app/things',
      body: { a: 20, b: 10 },
      status: 400,
      expect: { errors: [{ path: '$.b', value: 10 }] },
    },
    { send: 'POST /app/things', body: { a: 4 }, status: 201, why: 'b is not set: not asked' },
    { send: 'POST /app/things', body: { b: 20, a: 10 }, status: 201, keep: 'x' },
    {
      send: 'PUT /app/things/{x}',
      body: { a: 22 },
      status: 400,
      expect: { errors: [{ path: '$.b', value: 20 }] },
      why: 'the rule of b holds whoever changes',
    },
    {
      send: 'PUT /app/things/{x}',
      body: { a: 100 },
      status: 400,
      expect: { errors: (errors: unknown) => JSON.stringify(errors).includes('"$.a"') },
    },
    { send: 'GET /app/things/{x}', status: 200, expect: { a: 10, b: 20 } },
    {
      send: 'POST /app/things/_check',
      body: { item: { a: 20, b: 10 }, path: '$.b' },
      status: 200,
      expect: { error: /^\$\.b: / },
    },
    {
      send: 'POST /app/things/_check',
      body: { item: { a: 'hello' }, path: '$.a' },
      status: 200,
      expect: { error: '$.a: Must be an int (value="hello")' },
    },
    {
      send: 'POST /app/things/_check',
      body: { item: { a: 100 }, path: '$.a' },
      status: 200,
      expect: { error: '$.a: Must be <= 99 (value="100")' },
    },
  ],
})

/** What a file may not say. */
const REFUSED: Readonly<Record<string, string>> = {
  'an unknown type': '      b: Interger\n',
  'a default of another type': '      b: { type: List, items: Int, default: 22 }\n',
  'a default that is no url': '      b: { type: Url, default: not a url }\n',
  'an enum that is no list': '      b: { type: String, union: 22 }\n',
  'computed values in a circle':
    '      b: { type: Int, set: item.c + 1 }\n      c: { type: Int, set: item.b + 1 }\n',
  'a constraint that names nothing': '      b: { type: Int, constraint: coucou }\n',
  'a pattern that is none': '      b: { type: String, regexp: "((" }\n',
  'a name of the program': '      _keys: Int\n',
  'a Tuple of what is no type': '      b: { type: Tuple, items: [ Bool, test ] }\n',
}

for (const [what, fields] of Object.entries(REFUSED)) {
  void t.test(`the file is refused: ${what}`, async (t) => {
    const text = `${model(fields)}\nstorage: { default: { type: memory } }\n`
    await t.rejects(createApp({ text, directory: t.testdir({}) }), ConfigError)
  })
}
