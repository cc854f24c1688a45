/** http.md "Lists" and "Filters", the corners: every type, lists in lists, free content, cursors, odd queries. */
import { scenario, type Row } from './scenario.ts'

const YAML = `
backo: 1
name: app
collections:
  p:
    max_page: 50
    id: { expr: "item.name" }
    fields:
      name: String
      s: { type: String, index: true }
      i: { type: Int, index: true }
      f: Float
      b: Bool
      dt: Datetime
      by: Bytes
      e: Email
      u: Url
      ip: IpAddress
      net: IpNetwork
      c: Complex
      l: { type: List, items: Int }
      ls: { type: List, items: String }
      t: { type: Tuple, items: [Int, String] }
      n: { type: In, types: [Int, String] }
      fd: FreeDict
      d: { type: Dict, fields: { x: Int, y: { type: Dict, fields: { z: String } } } }
      ld: { type: List, items: { type: Dict, fields: { p: Int, w: String, d: { type: Dict, fields: { q: Bool } }, r: { type: Ref, coll: p, ods: UNLINK_REFERENCED_ITEMS }, l: { type: List, items: Int }, rl: { type: List, items: { type: Ref, coll: p, ods: UNLINK_REFERENCED_ITEMS } } } } }
      r: { type: Ref, coll: p, field: $.rs }
      rs: { type: RefsList, coll: p, field: $.r }
      m: { type: RefsList, coll: p, field: $.m2 }
      m2: { type: RefsList, coll: p, field: $.m }
      nf: { type: RefsList, coll: p, field: $.nfr, ofs: NOT_FILL }
      nfr: { type: Ref, coll: p, field: $.nf }
      stored: { type: Int, set: "item.i + 1" }
      late: { type: Int, set: "item.i + 2", views: ["!save"] }
      through: { type: String, set: "item.r.name" }
`
const seed: readonly Row[] = [
  {
    send: 'POST /app/p',
    body: [
      {
        name: 'A',
        s: 'x',
        i: 1,
        f: 1.5,
        b: true,
        dt: '2020-01-01',
        by: 'AQID',
        e: 'a@b.cd',
        u: 'http://a.b',
        ip: '::1',
        net: '10.0.0.0/8',
        c: { real: 1, imag: 2 },
        l: [1, 2],
        ls: ['a', 'b'],
        t: [1, 'a'],
        n: 1,
        fd: { a: { b: 1 }, c: 'x', 'a b': 1, 'q"r': 2, "a'b": 3, '0': 5, l: [1, 'k'] },
        d: { x: 1, y: { z: 'q' } },
        ld: [{ p: 1, w: 'a', d: { q: true }, l: [5] }, { p: 2 }],
      },
      { name: 'B', n: '1', s: 'null', fd: { a: 2 }, i: 0, f: 0, b: false, ls: [], l: [] },
      { name: 'C' },
    ],
    status: 201,
  },
  {
    send: 'PUT /app/p/B',
    body: { r: 'A', m: ['A', 'C'], nfr: 'A', ld: [{ r: 'A', rl: ['C', 'A'] }, { r: 'C' }] },
    status: 200,
  },
]
const found = (query: string, names: string): Row => ({
  send: `GET /app/p?${query}`,
  status: 200,
  names: names.split(''),
  expect: { total: names.length },
})
const refused = (query: string, detail: RegExp): Row => ({
  send: `GET /app/p?${query}`,
  status: 400,
  expect: { status: 400, detail },
})

scenario('filters on every type', {
  yaml: YAML,
  rows: [
    ...seed,
    found('c.real=1', 'A'),
    found('by=AQID', 'A'),
    found('ip=0:0::1', 'A'),
    found('net=10.0.0.0/8', 'A'),
    found('u=http://a.b', 'A'),
    found('u.$re=a', 'A'),
    found('e.$reg=a', 'A'),
    found('n=1', 'A'),
    found('n.$exists=false', 'C'),
    found('t=1', 'A'),
    found('t.$size=2', 'A'),
    found('t.x=1', ''),
    found('t.0=a', ''),
    found('b=1', 'A'),
    found('b.$ne=true', 'BC'),
    found('s=null', 'B'),
    found('s=', ''),
    found('s.$ne=x', 'BC'),
    found('i=null', 'C'),
    found('i.$ne=null', 'AB'),
    found('i.$in=1,null', 'AC'),
    found('i.$nin=1,null', 'B'),
    found('i.$nin=1', 'BC'),
    found('f=1.50', 'A'),
    found('dt=2020-01-01T01:00:00%2B01:00', 'A'),
    found('dt=2020-01-01T01:00:00+01:00', 'A'),
    found('dt=2020-01-01+00:00', 'A'),
    found('dt.$ne=2020-01-01', 'BC'),
    found('_id.$in=A,B', 'AB'),
    found('_id.$gt=A', 'BC'),
    found('_meta.ctime.$gt=2001-01-01', 'ABC'),
    found('_meta.created_by.login=ANONYMOUS', 'ABC'),
    found('d.$exists=true', 'ABC'),
    found('d.x.$exists=false', 'BC'),
    found('d.y.z=q', 'A'),
    found('stored=2', 'A'),
    found('late=3', 'A'),
    found('late.$in=2,3', 'AB'),
    found('through=A', 'B'),
    found('through.$re=A', 'B'),
    refused('c=x', /c: Must be a complex/),
    refused('by=!!', /by: Must be base64/),
    refused('ip=zz', /ip: Must be an IP address/),
    refused('i=1.5', /i: Must be an int/),
    refused('i=', /i: Must be an int/),
    refused('i', /i: Must be an int/),
    refused('i=9007199254740993', /i: Must be an int/),
    refused('i.$lt=null', /i\.\$lt/),
    refused('i.$in=1,x', /i\.\$in/),
    refused('f=NaN', /f: Must be a float/),
    refused('f=0x10', /f: Must be a float/),
    refused('b=yes', /b: Must be a bool/),
    refused('d=1', /d: Must be a dict/),
    refused('d.y=1', /d\.y: Must be a dict/),
    refused('s.x=1', /s\.x: Unknown field/),
    refused('s.$contains=x', /s\.\$contains/),
    refused('_meta.nope=1', /_meta\.nope/),
  ],
})

scenario('filters on lists, free content and references', {
  yaml: YAML,
  rows: [
    ...seed,
    found('l=1', 'A'),
    found('l.$ne=1', 'BC'),
    found('l.$gt=1', 'A'),
    found('l.$in=2,3', 'A'),
    found('l.$nin=2,3', 'BC'),
    found('l.$all=1,2', 'A'),
    found('l.$all=1,3', ''),
    found('l.$size=0', 'B'),
    found('l.$exists=true', 'AB'),
    found('ls.$re=a', 'A'),
    found('ls.$reg=b', 'A'),
    found('ld.p=2', 'A'),
    found('ld.p.$in=2,5', 'A'),
    found('ld.d.q=true', 'A'),
    found('ld.$size=2', 'AB'),
    found('ld.l=5', 'A'),
    found('ld.r=A', 'B'),
    found('ld.r.name=A', 'B'),
    found('ld.r.ld.p=2', 'B'),
    found('ld.r.ld.d.q=true', 'B'),
    found('ld.r.l=2', 'B'),
    found('ld.r.rs=B', 'B'),
    found('ld.r.rs.ld.r.ld.p=1', 'B'),
    found('ld.rl=C', 'B'),
    found('ld.rl.name=C', 'B'),
    found('ld.rl.ld.p=1', 'B'),
    found('ld.rl.l.$size=2', 'B'),
    found('fd.a=2', 'B'),
    found('fd.a.b=1', 'A'),
    found('fd.a.$gt=1', 'B'),
    found('fd.a.$exists=true', 'AB'),
    found('fd.zz.$exists=false', 'ABC'),
    found('fd.a%20b=1', 'A'),
    found('fd.q%22r=2', 'A'),
    found("fd.a'b=3", 'A'),
    found('fd.0=5', 'A'),
    found('fd.l.$contains=k', 'A'),
    found('fd.l.$size=2', 'A'),
    found('fd.l.x=1', ''),
    found('r=A', 'B'),
    found('r=null', 'AC'),
    found('r.$ne=A', 'AC'),
    found('r._id=A', 'B'),
    found('r.name.$ne=A', 'AC'),
    found('rs=B', 'A'),
    found('rs.$size=0', 'BC'),
    found('rs.$exists=true', 'A'),
    found('rs.$exists=false', 'BC'),
    found('rs.$contains=B', 'A'),
    found('rs.$ne=B', 'BC'),
    found('rs=null', 'BC'),
    found('rs.m.name=C', 'A'),
    found('m.$all=A,C', 'B'),
    found('m2.r.name=A', 'AC'),
    found('nf=B', 'A'),
    found('nf.name=B', 'A'),
    found('nf.$size=1', 'A'),
    refused('l.$size=x', /l\.\$size/),
    refused('l.$size=-1', /l\.\$size/),
    refused('l.$contains=x', /l\.\$contains/),
    refused('l.0=1', /l\.0: Unknown field/),
    refused('ld=1', /ld: Must be a dict/),
    refused('ld.nope=1', /ld\.nope/),
    refused('ld.0.p=1', /ld\.0/),
    refused('r.nope=1', /r\.nope/),
    refused('fd=1', /fd: Must be a dict/),
    refused('fd.__proto__=1', /__proto__/),
    refused('fd.constructor.name=Object', /constructor/),
  ],
})

scenario('odd queries', {
  yaml: YAML,
  rows: [
    ...seed,
    found('&&', 'ABC'),
    found('_sort=', 'ABC'),
    found('_sort=-b,name', 'ABC'),
    found('_sort=i,-i', 'CBA'),
    found('_sort=-_id', 'CBA'),
    found('_sort=r.name,-_id', 'CAB'),
    found('_sort=-stored', 'ABC'),
    found('_sort=late', 'CBA'),
    found('_sort=-through', 'BAC'),
    found('_sort=fd.a', 'CBA'),
    found('s.$re=(a%2B)%2B%24', ''),
    found('s.$re=(%3Fi)X', 'A'),
    found('name.$in=' + Array.from({ length: 1000 }, (_, i) => i).join(',') + ',A', 'A'),
    refused('_sort=-', /Unknown field/),
    refused('_sort=l', /l/),
    refused('_sort=rs.name', /rs\.name/),
    refused('_sort=ld.p', /ld\.p/),
    refused('_sort=_nope', /_nope/),
    refused('_page=', /_page/),
    refused('_page=1.5', /_page/),
    refused('_page=1e2', /_page/),
    refused('_page=51', /_page/),
    refused('_page=9999999999999999999', /_page/),
    refused('_skip=', /_skip/),
    refused('_total=', /_total/),
    refused('_view=', /_view/),
    refused('_after=', /_after/),
    refused('_expand=d', /d/),
    refused('_expand=r.name', /r\.name/),
    refused('_expand=' + 'r.'.repeat(50) + 'r', /_expand/),
    refused('_fields=*', /_fields/),
    refused('_SORT=i', /_SORT/),
    refused('I=1', /I: Unknown field/),
    refused('i.$GT=1', /\$GT/),
    refused('i.$=1', /Unknown operator/),
    refused('$or=1', /\$or/),
    refused('i.$or=1', /\$or/),
    refused('i.$eq.$gt=1', /i/),
    refused('.i=1', /\.i/),
    refused('i.=1', /i\./),
    refused('i..x=1', /i\.\.x/),
    refused('=1', /Unknown field/),
    refused('%00=1', /Unknown field/),
    refused('i[$gt]=0', /Unknown field/),
    refused('s.$re=(%3F%3Da)', /pattern/),
    refused('name=%E0%A4%A', /percent/),
    refused('name=%', /percent/),
    refused(Array.from({ length: 600 }, (_, i) => `i=${i}`).join('&'), /500/),
    refused('r.'.repeat(200) + 'name=A', /at most/),
    refused('_sort=' + 'i,'.repeat(300), /_sort/),
  ],
})

scenario('cursors through ties, unset values and free content', {
  yaml: YAML,
  rows: [
    {
      send: 'POST /app/p',
      body: [
        { name: 'A', fd: { a: [10] }, i: 1 },
        { name: 'B', fd: { a: [2] }, i: 1 },
        { name: 'C', fd: { a: { b: 1 } } },
        { name: 'D', fd: { a: [] }, i: 2 },
        { name: 'E', fd: { a: [[], '9'] } },
        { name: 'F', fd: { a: [[[null]], 1] }, i: 1 },
        { name: 'G', fd: { a: 'x' } },
        { name: 'H', fd: { a: '\u0000["x"]' } },
        { name: 'I' },
        { name: 'J', fd: { a: true }, i: 2 },
        { name: 'K', fd: { a: 3 } },
      ],
      status: 201,
    },
    ...pages('fd.a', 'IJKHGDBAEFC'),
    ...pages('-fd.a', 'CFEABDGHKJI'),
    ...pages('i', 'CEGHIKABFDJ'),
    ...pages('-i', 'DJABFCEGHIK'),
    ...pages('i,-name', 'KIHGECFBAJD'),
    ...pages('-i,fd.a', 'JDBAFIKHGEC'),
    ...pages('', 'ABCDEFGHIJK'),
    ...pages('-_id', 'KJIHGFEDCBA'),
    { send: 'GET /app/p?_sort=i&_page=3', status: 200, keep: 'page', names: ['C', 'E', 'G'] },
    { send: 'GET /app/p?_sort=-i&_after={page.next}', status: 400, expect: { detail: /_after/ } },
    {
      send: 'GET /app/p?_sort=i&_after={page.next}&_skip=1',
      status: 400,
      expect: { detail: /_skip/ },
    },
    { send: 'DELETE /app/p/G', status: 204 },
    {
      send: 'GET /app/p?_sort=i&_page=3&_after={page.next}',
      status: 200,
      names: ['H', 'I', 'K'],
      why: 'also when the item it was made from is gone',
    },
    ...['bnVsbA', 'W10', 'WzEsMl0', 'eyJhIjoxfQ', '%00', '..', 'x'.repeat(3000)].map((after) => ({
      send: `GET /app/p?_after=${after}`,
      status: 400,
      expect: { detail: /_after/ },
    })),
  ],
})

/** All pages of three, one after the other. */
function pages(sort: string, order: string): Row[] {
  const rows: Row[] = []
  for (let at = 0; at < order.length; at += 3) {
    const after = at === 0 ? '' : '&_after={walk.next}'
    rows.push({
      send: `GET /app/p?_page=3&_sort=${sort}${after}`,
      status: 200,
      names: order.slice(at, at + 3).split(''),
      keep: 'walk',
      expect: { total: order.length, _next: at + 3 < order.length ? String : undefined },
    })
  }
  return rows
}
