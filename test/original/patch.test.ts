/**
 * What the tests of stricto hold of patches (test_selectors.py, test_list.py). Where it says of a scalar that it
 * can't be removed, and takes an index as the value of `remove`, http.md: RFC 6902.
 */
import type { Row } from '../http/scenario.ts'
import { scenario } from '../http/scenario.ts'

const yaml = `
backo: 1
name: app
collections:
  things:
    fields:
      name: String
      a: { type: Int, default: 1 }
      no: { type: Int, exists: false }
      b:
        type: Dict
        fields:
          l: { type: List, items: { type: Dict, fields: { i: String } } }
          t: { type: Tuple, items: [ Int, String ] }
      bb: { type: List, items: String }
`

const patch = (body: unknown, expect: unknown, why?: string): Row => ({
  send: 'PATCH /app/things/{x}',
  body,
  status: 200,
  expect,
  ...(why === undefined ? {} : { why }),
})
const refused = (body: unknown, status = 400): Row => ({
  send: 'PATCH /app/things/{x}',
  body,
  status,
})

scenario('operations', {
  yaml,
  rows: [
    {
      send: 'POST /app/things',
      body: { name: 'x', a: 12, b: { l: [{ i: 'fir' }, { i: 'sec' }] }, bb: ['hey'] },
      status: 201,
      keep: 'x',
    },
    patch({ op: 'replace', path: '$.a', value: 13 }, { a: 13 }),
    refused({ op: 'replace', path: '$.notexist', value: 13 }),
    refused({ op: 'replace', path: '$.no', value: 13 }),
    patch(
      { op: 'replace', path: '$.b.l[0]', value: { i: 'tres' } },
      { b: { l: [{ i: 'tres' }, { i: 'sec' }] } },
    ),
    patch(
      { op: 'replace', path: '$.b.l[0].i', value: 'next' },
      { b: { l: [{ i: 'next' }, { i: 'sec' }] } },
    ),
    refused({ op: 'replace', path: '$.b.l[69]', value: { i: 'tres' } }),
    patch(
      { op: 'add', path: '$.b.l', value: { i: 'again' } },
      { b: { l: [{ i: 'next' }, { i: 'sec' }, { i: 'again' }] } },
    ),
    patch(
      { op: 'add', path: '$.b.l[-]', value: { i: 'end' } },
      { b: { l: [{ i: 'next' }, { i: 'sec' }, { i: 'again' }, { i: 'end' }] } },
    ),
    patch(
      { op: 'remove', path: '$.b.l[3]' },
      { b: { l: [{ i: 'next' }, { i: 'sec' }, { i: 'again' }] } },
    ),
    patch(
      { op: 'remove', path: '$.b.l[-1]' },
      { b: { l: [{ i: 'next' }, { i: 'sec' }] } },
      'from the end, as selectors do',
    ),
    patch({ op: 'replace', path: '$.b.l', value: [] }, { b: { l: [] } }),
    patch({ op: 'replace', path: '$.b.l', value: [{ i: 'tres' }] }, { b: { l: [{ i: 'tres' }] } }),
    patch({ op: 'replace', path: '$.bb', value: ['hey', 'gros'] }, { bb: ['hey', 'gros'] }),
    patch({ op: 'add', path: '$.b.t', value: [22, 'h'] }, { b: { t: [22, 'h'] } }),
    patch({ op: 'replace', path: '$.b.t[1]', value: 'hop' }, { b: { t: [22, 'hop'] } }),
    refused({ op: 'replace', path: '$.b.t[0]', value: 'x' }),
    refused({ op: 'add', path: '$.b.t[-]', value: 1 }),
    patch({ op: 'test', path: '$.a', value: 13 }, { a: 13 }),
    refused({ op: 'test', path: '$.a', value: 14 }, 409),
    patch({ op: 'remove', path: '$.a' }, { a: null }),
    patch({ op: 'add', path: '$.a', value: 5 }, { a: 5 }),
    refused({ op: 'replace', path: '$.a', value: '5' }),
    refused({ op: 'replace', path: '$.b.l[0].i', value: 5 }),
    refused({ op: 'replace', path: '$.b.l[x]', value: {} }),
    refused({ op: 'replace', path: '$.b.l[0:1]', value: {} }),
    refused({ op: 'replace', value: 1 }),
    refused({ path: '$.a', value: 1 }),
    refused({ op: 'replace', path: '$.a' }),
    patch({ op: 'replace', path: '/b/l/0/i', value: 'pointer' }, { b: { l: [{ i: 'pointer' }] } }),
    {
      send: 'GET /app/things/{x}',
      restart: true,
      status: 200,
      expect: { a: 5, bb: ['hey', 'gros'], b: { l: [{ i: 'pointer' }], t: [22, 'hop'] } },
    },
  ],
})

scenario('a list that is unset', {
  yaml,
  rows: [
    { send: 'POST /app/things', body: { name: 'x' }, status: 201, keep: 'x', expect: { bb: null } },
    patch({ op: 'add', path: '$.bb', value: 'first' }, { bb: ['first'] }),
    patch({ op: 'add', path: '$.b.l', value: { i: 'first' } }, { b: { l: [{ i: 'first' }] } }),
    patch({ op: 'add', path: '$.bb[0]', value: 'zero' }, { bb: ['zero', 'first'] }),
    patch({ op: 'move', from: '$.bb[0]', path: '$.name' }, { bb: ['first'], name: 'zero' }),
    patch({ op: 'copy', from: '$.name', path: '$.bb[-]' }, { bb: ['first', 'zero'] }),
  ],
})
