/** What the tests of stricto hold of selectors (test_selectors.py), as selections and `_fields`. */
import { scenario } from '../http/scenario.ts'

const row = (name: string, ...selectors: string[]): string =>
  `      ${name}: { selectors: [ ${selectors.map((each) => JSON.stringify(each)).join(', ')} ] }`

const yaml = `
backo: 1
name: app
collections:
  things:
    id: { expr: item.name }
    fields:
      name: String
      a: { type: Int, default: 1 }
      no: { type: Int, default: 1, exists: false }
      b:
        type: Dict
        fields:
          c: { type: Int, default: 1 }
          l: { type: List, items: { type: Dict, fields: { i: String } } }
          t: { type: Tuple, items: [ Int, String ] }
          tt: { type: Tuple, items: [ Int, { type: Dict, fields: { i: String } } ] }
    selections:
${[
  row('scalars', '$.a', '$.b.c', '$.no'),
  row('index', '$.b.l[0].i', '$.b.l[20].i', '$.b.l[-1].i'),
  row('slice', '$.b.l[0:2].i', '$.b.l[0:1].i', '$.b.l[1:].i'),
  row('mapped', '$.b.l.i', '$.b.l[*].i'),
  row('whole', '$.b.l', '$.b.t'),
  row('tuple', '$.b.t[0]', '$.b.t[1]'),
  row('inner', '$.b.tt[1].i'),
].join('\n')}
`

const asked = (
  name: string,
  ...values: unknown[]
): { send: string; status: number; expect: unknown } => ({
  send: `GET /app/things/_selections/${name}?name=x`,
  status: 200,
  expect: { result: [['x', ...values]] },
})

scenario('of what is there', {
  yaml,
  rows: [
    {
      send: 'POST /app/things',
      body: {
        name: 'x',
        a: 12,
        b: { l: [{ i: 'fir' }, { i: 'sec' }], t: [12, 'aa'], tt: [22, { i: 'bb' }] },
      },
      status: 201,
    },
    asked('scalars', 12, 1, null),
    asked('index', 'fir', null, 'sec'),
    asked('slice', ['fir', 'sec'], ['fir'], ['sec']),
    asked('mapped', ['fir', 'sec'], ['fir', 'sec']),
    asked('whole', [{ i: 'fir' }, { i: 'sec' }], [12, 'aa']),
    asked('tuple', 12, 'aa'),
    asked('inner', 'bb'),
    {
      send: 'GET /app/things/x?_fields=$.b.c,a',
      status: 200,
      expect: { _id: 'x', a: 12, b: { c: 1, l: undefined }, name: undefined },
    },
    { send: 'GET /app/things/x?_fields=$.nope', status: 400 },
    { send: 'GET /app/things/x?_fields=$.b.l[coucou]', status: 400 },
  ],
})

scenario('of what is not', {
  yaml,
  rows: [
    { send: 'POST /app/things', body: { name: 'x' }, status: 201 },
    asked('scalars', 1, 1, null),
    asked('index', null, null, null),
    asked('whole', null, null),
    asked('tuple', null, null),
    asked('inner', null),
  ],
})
