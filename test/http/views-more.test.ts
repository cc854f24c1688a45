/** config.md "Views" and http.md `_fields`, `_expand`: what is inside lists, tuples and references. */
import { scenario, type Row } from './scenario.ts'

const get = (query: string, expect: object, why?: string): Row => ({
  send: `GET /app/c/B?${query}`,
  status: 200,
  expect,
  why: why ?? query,
})
const refused = (query: string, detail: RegExp): Row => ({
  send: `GET /app/c/B?${query}`,
  status: 400,
  expect: { status: 400, detail },
})
const keys =
  (...names: string[]) =>
  (value: object): boolean =>
    Object.keys(value).join() === names.join()

scenario('views, kept fields and expanded references', {
  yaml: `
backo: 1
name: app
collections:
  c:
    id: { expr: "item.name" }
    fields:
      name: { type: String, views: [mini] }
      secret: { type: String, views: ["!client"] }
      d: { type: Dict, fields: { a: { type: String, views: [mini] }, b: { type: String, views: ["!client"] }, e: { type: Dict, views: [mini], fields: { x: Int, y: Int } } } }
      ld: { type: List, items: { type: Dict, fields: { p: { type: Int, views: [mini] }, q: { type: Int, views: ["!client"] }, r: { type: Ref, coll: c } } } }
      lref: { type: List, items: { type: Ref, coll: c } }
      one: { type: Ref, coll: c, field: $.many, views: [mini] }
      many: { type: RefsList, coll: c, field: $.one, views: [mini] }
      nf: { type: RefsList, coll: c, field: $.nfr, ofs: NOT_FILL, views: [mini] }
      nfr: { type: Ref, coll: c, field: $.nf }
      cs: { type: String, set: "item.secret", views: [mini] }
      t: { type: Tuple, items: [Int, { type: Dict, fields: { z: { type: Int, views: ["!client"] }, w: Int } }] }
      n: { type: In, types: [Int, { type: Dict, fields: { z: { type: Int, views: ["!client"] }, w: Int } }] }
      lt: { type: List, items: { type: Tuple, items: [Int, { type: Dict, fields: { z: { type: Int, views: ["!client"] }, w: Int } }] } }
      c: Complex
      fd: { type: FreeDict, views: [mini] }
`,
  rows: [
    {
      send: 'POST /app/c',
      body: [
        { name: 'A', secret: 's', d: { a: '1', e: { x: 1 } }, ld: [{ p: 1, q: 2 }] },
        {
          name: 'B',
          secret: 'sb',
          d: { b: '2' },
          t: [1, { z: 1, w: 2 }],
          n: { z: 1, w: 2 },
          lt: [[1, { z: 1, w: 2 }]],
          c: { real: 1, imag: 2 },
          fd: { x: { y: 1, u: 2 } },
        },
      ],
      status: 201,
    },
    {
      send: 'PUT /app/c/B',
      body: { one: 'A', nfr: 'A', lref: ['A', 'B'], ld: [{ r: 'A', q: 1 }, { p: 3 }] },
      status: 200,
    },
    get('', {
      secret: undefined,
      d: keys('a', 'e'),
      ld: [keys('p', 'r'), keys('p', 'r')],
      t: [1, keys('w')],
      n: keys('w'),
      lt: [[1, keys('w')]],
      nf: undefined,
      cs: 'sb',
    }),
    get('_view=save', { secret: 'sb', d: { b: '2' }, ld: [{ q: 1 }, {}], t: [1, { z: 1 }] }),
    get('_view=mini', { secret: 'sb', d: { b: '2' }, n: { z: 1, w: 2 }, t: [1, { z: 1 }] }),
    get('_view=%2Bmini', {
      _id: 'B',
      name: 'B',
      d: { a: null, e: { x: null, y: null }, b: undefined },
      ld: [keys('p'), keys('p')],
      lref: undefined,
      one: 'A',
      many: [],
      nf: undefined,
      _meta: undefined,
    }),
    get('_view=+mini', { name: 'B', t: undefined }, 'a + that was not escaped'),
    get('_fields=d.e.x,d.a', keys('_id', 'd')),
    get('_fields=ld.p', { ld: [keys('p'), keys('p')] }),
    get('_fields=ld.r.name', { ld: [{ r: 'A' }, { r: null }] }),
    get('_fields=lref.name', { lref: ['A', 'B'] }),
    get('_fields=t.w', { t: [1, { w: 2 }] }),
    get('_fields=n.w,lt.w', { n: { w: 2 }, lt: [[1, { w: 2 }]] }),
    get('_fields=c.real,fd.x.y', { c: keys('real'), fd: { x: keys('y') } }),
    get('_fields=_meta.ctime', { _meta: keys('ctime') }),
    get('_fields=secret', keys('_id'), 'not in this view'),
    get('_fields=secret&_view=save', { secret: 'sb' }),
    get('_fields=name&_fields=fd', keys('_id', 'name', 'fd')),
    get('_expand=one', { one: { name: 'A', many: ['B'], secret: undefined } }),
    get('_expand=one&_fields=one.name', { one: keys('name') }),
    get('_expand=ld.r&_fields=ld.r.name', { ld: [{ r: { name: 'A' } }, { r: null }] }),
    get('_expand=lref&_fields=lref.name', { lref: [{ name: 'A' }, { name: 'B' }] }),
    get('_expand=one.many.one', { one: { many: [{ name: 'B', one: { name: 'A' } }] } }),
    get('_expand=one.many,one', { one: { many: [{ one: 'A' }] } }),
    get('_expand=nf', { nf: undefined }),
    refused('_fields=name,nope', /nope/),
    refused('_fields=name.x', /name\.x/),
    refused('_fields=t.nope', /t\.nope/),
    refused('_fields=lref.nope', /lref\.nope/),
    refused('_fields=__proto__', /__proto__/),
    refused('_expand=one.name', /one\.name/),
    refused('_expand=nope.one', /nope/),
    refused('_expand=_id', /_id/),
    refused('_expand=__proto__', /__proto__/),
    {
      send: 'POST /app/c?_expand=one&_fields=one.name,name',
      body: { name: 'C', one: 'A' },
      status: 201,
      expect: { _id: 'C', name: 'C', one: { name: 'A' }, d: undefined },
    },
    {
      send: 'PUT /app/c/C?_view=%2Bmini&_expand=one',
      body: { one: 'B' },
      status: 200,
      expect: { one: { name: 'B' }, t: undefined },
    },
    { send: 'PUT /app/c/C?_nope=1', body: {}, status: 400 },
    { send: 'DELETE /app/c/C?_nope=1', status: 400 },
    { send: 'POST /app/c?_view=nope', body: { name: 'D' }, status: 400 },
    { send: 'GET /app/c/D', restart: true, status: 404 },
  ],
})
