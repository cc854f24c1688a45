/** http.md "Patch", the corners: RefsLists, elements, the whole item, unset content, hostile keys. */
import { scenario, type Row } from './scenario.ts'

const YAML = `
backo: 1
name: app
collections:
  b:
    id: { expr: "item.title" }
    fields:
      title: { type: String, required: true }
      pages: { type: Int, default: 10, min: 1 }
      tags: { type: List, items: String }
      ll: { type: List, items: { type: List, items: Int } }
      d: { type: Dict, fields: { x: Int, y: { type: Dict, fields: { z: String, l: { type: List, items: Int } } } } }
      fd: FreeDict
      lines: { type: List, items: { type: Dict, fields: { p: Int, w: { type: String, required: true, default: dd } } } }
      t: { type: Tuple, items: [Int, String] }
      au: { type: RefsList, coll: b, field: $.bo }
      bo: { type: RefsList, coll: b, field: $.au }
      one: { type: Ref, coll: b, field: $.many }
      many: { type: RefsList, coll: b, field: $.one }
      nf: { type: RefsList, coll: b, field: $.nfr, ofs: NOT_FILL }
      nfr: { type: Ref, coll: b, field: $.nf }
      stored: { type: Int, set: "item.pages + 1" }
      late: { type: Int, set: "item.pages + 2", views: ["!save"] }
      c: Complex
      dt: Datetime
`
const seed: Row = {
  send: 'POST /app/b',
  body: [
    {
      title: 'A',
      tags: ['x', 'y'],
      d: { x: 1, y: { z: 'q', l: [1, 2] } },
      fd: { k: { l: 1 }, a: [1, { b: 2 }] },
      lines: [
        { p: 1, w: 'a' },
        { p: 2, w: 'b' },
      ],
      t: [1, 'a'],
      ll: [[1], [2, 3]],
      c: { real: 1, imag: 2 },
      dt: '2020-01-01',
    },
    { title: 'B' },
    { title: 'C' },
    { title: 'D' },
  ],
  status: 201,
}
const patch = (body: unknown, expect: object): Row => ({
  send: 'PATCH /app/b/A',
  body,
  status: 200,
  expect,
  why: JSON.stringify(body),
})
const refused = (body: unknown, detail: RegExp, status = 400): Row => ({
  send: 'PATCH /app/b/A',
  body,
  status,
  expect: { status, detail },
  why: JSON.stringify(body),
})
const op = (name: string, path: string, value?: unknown): object => ({ op: name, path, value })

scenario('patches of links', {
  yaml: YAML,
  rows: [
    seed,
    patch(op('add', '$.au', 'B'), { au: ['B'] }),
    patch(op('add', '$.au', ['C', 'B']), { au: ['B', 'C'] }),
    patch(op('add', '$.au[-]', 'D'), { au: ['B', 'C', 'D'] }),
    patch(op('replace', '$.au[0]', 'D'), { au: ['C', 'D'] }),
    patch(op('remove', '/au/0'), { au: ['D'] }),
    patch(op('remove', '$.au'), { au: [] }),
    patch(op('test', '$.au', []), { au: [] }),
    patch(op('add', '$.many', 'B'), { many: ['B'] }),
    patch(op('add', '/many/-', 'C'), { many: ['B', 'C'] }),
    patch({ op: 'move', from: '$.many[0]', path: '$.au[-]' }, { au: ['B'], many: ['C'] }),
    patch({ op: 'copy', from: '$.many[0]', path: '$.one' }, { one: 'C' }),
    patch(op('remove', '$.one'), { one: null }),
    refused(op('add', '$.au', 'nobody'), /\$\.au: No such item/),
    refused(op('add', '$.au', 7), /\$\.au: Must be a string/),
    patch(op('add', '$.nf', 'B'), { au: ['B'] }),
    patch(op('test', '$.nf', ['B']), {}),
    { send: 'GET /app/b/B', status: 200, expect: { bo: ['A'], nfr: 'A' } },
    patch(op('remove', '$.nf[0]'), {}),
    { send: 'GET /app/b/B', restart: true, status: 200, expect: { bo: ['A'], nfr: null } },
  ],
})

scenario('patches of lists, free content and computed values', {
  yaml: YAML,
  rows: [
    seed,
    patch(op('test', '$.stored', 11), {}),
    patch(op('test', '$.late', 12), {}),
    patch(op('replace', '$.stored', 11), { stored: 11 }),
    refused(op('replace', '$.stored', 12), /\$\.stored: Cannot be modified/),
    patch(op('test', '$.c', { imag: 2, real: 1 }), {}),
    patch(op('test', '$.d.y.l[1]', 2), {}),
    patch(op('test', '$._id', 'A'), {}),
    refused(op('test', '$.pages', '10'), /test/, 409),
    refused(op('test', '$.nope', null), /test/, 409),
    patch(op('add', '$.lines[0]', { p: 0 }), {
      lines: [{ p: 0, w: 'dd' }, { p: 1 }, { p: 2 }],
    }),
    refused(op('remove', '$.lines[0].w'), /\$\.lines\[0\]\.w: Cannot be empty/),
    refused({ op: 'move', from: '$.lines[1].w', path: '$.tags[0]' }, /\$\.lines\[1\]\.w/),
    patch(op('remove', '$.lines[1].p'), { lines: [{ p: 0 }, { p: null, w: 'a' }, { p: 2 }] }),
    patch([op('remove', '$.lines[-1].p'), op('replace', '$.lines[-1].p', 2)], {
      lines: [{}, {}, { p: 2 }],
    }),
    refused(op('replace', '$.lines[*].p', 1), /lines\[\*\]/),
    refused(op('replace', '$.lines[9].p', 1), /lines\[9\]/),
    refused(op('add', '$.lines.p', 1), /lines\.p/),
    refused(op('add', '/lines/-', { w: 'z', nope: 1 }), /\$\.lines\[3\]\.nope: Unknown field/),
    patch(op('add', '$.ll[0][-]', 9), {
      ll: [
        [1, 9],
        [2, 3],
      ],
    }),
    patch(op('add', '$.ll[0]', [7]), { ll: [[7], [1, 9], [2, 3]] }),
    refused(op('add', '$.ll', [7]), /\$\.ll\[0\]: Must be a list/),
    patch(op('replace', '$.t[0]', 9), { t: [9, 'a'] }),
    refused(op('remove', '$.t[0]'), /\$\.t/),
    refused(op('add', '$.t[-]', 9), /\$\.t/),
    patch(op('add', '$.d.y.l', 3), { d: { x: 1, y: { z: 'q', l: [1, 2, 3] } } }),
    patch(op('remove', '$.d.y'), { d: { x: 1, y: { z: null, l: null } } }),
    patch(op('add', '$.d.y.l[-]', 4), { d: { y: { l: [4] } } }),
    patch(op('replace', '$.d', { x: 7 }), { d: { x: 7, y: { z: null, l: null } } }),
    patch(op('replace', '$.d', null), { d: { x: null, y: { z: null } } }),
    refused(op('add', '$.d.nope', 1), /\$\.d\.nope: Unknown field/),
    refused(op('add', '$.d', 3), /\$\.d: Must be a dict/),
    patch(op('add', '$.fd.a[1].c', 3), { fd: { a: [1, { b: 2, c: 3 }] } }),
    patch(op('add', '$.fd.n', null), { fd: { n: null } }),
    refused(op('add', '$.fd.n.m', 1), /fd\.n\.m/),
    refused(op('add', '$.fd.x.y', 1), /fd\.x\.y/),
    refused(op('replace', '$.fd.nope', 1), /fd\.nope/),
    refused(op('add', '/fd/__proto__', { x: 1 }), /__proto__/),
    patch(op('add', "$.fd['q r']", 1), { fd: { 'q r': 1 } }),
    patch(op('remove', '$.fd'), { fd: null }),
    patch(op('add', '$.fd.k', 1), { fd: { k: 1, a: undefined } }),
    patch(op('remove', '$.tags'), { tags: null }),
    patch(op('add', '$.tags', 'n'), { tags: ['n'] }),
    patch({ op: 'move', from: '$.pages', path: '$.d.x' }, { pages: null, d: { x: 10 } }),
    refused(op('add', '$.pages[0]', 1), /pages/),
    refused(op('remove', '/tags/x'), /tags/),
    patch([op('replace', '$.title', null), op('replace', '$.title', 'T')], { title: 'T' }),
    refused({ op: 'copy', from: '$.title', path: '$.pages' }, /\$\.pages: Must be an int/),
  ],
})

scenario('patches of the whole item', {
  yaml: YAML,
  rows: [
    seed,
    refused(op('test', '', {}), /test/, 409),
    refused(op('remove', '$'), /Must be a dict/),
    refused(op('replace', '', [1]), /Must be a dict/),
    refused(op('replace', '', {}), /\$\.title: Cannot be empty/),
    refused(op('replace', '', { title: 'A', nope: 1 }), /\$\.nope: Unknown field/),
    refused(op('replace', '', { title: 'A', _id: 'B' }), /\$\._id: Cannot be modified/),
    patch(op('replace', '', { title: 'A', d: { x: 5 }, many: ['B'] }), {
      _id: 'A',
      tags: null,
      pages: null,
      lines: null,
      d: { x: 5, y: { z: null } },
      many: ['B'],
    }),
    patch([op('add', '$', { title: 'A', pages: 1 }), op('add', '$.tags', 't')], {
      tags: ['t'],
      many: [],
      stored: 2,
    }),
    { send: 'GET /app/b/B', restart: true, status: 200, expect: { one: null } },
  ],
})

const merge = (body: unknown, status: number, expect: object): Row => ({
  send: 'PATCH /app/b/A',
  headers: { 'content-type': 'application/merge-patch+json' },
  ...(typeof body === 'string' ? { raw: body } : { body }),
  status,
  expect,
  why: JSON.stringify(body),
})

scenario('merge patches, the corners', {
  yaml: YAML,
  rows: [
    seed,
    merge({ d: { x: null, y: { z: 'm' } } }, 200, { d: { x: null, y: { z: 'm', l: [1, 2] } } }),
    merge({ d: null }, 200, { d: { x: null, y: { z: null, l: null } } }),
    merge({ au: ['B'] }, 200, { au: ['B'] }),
    merge({ au: null }, 200, { au: [] }),
    merge({ fd: { k: { l: null, m: 1 }, a: null } }, 200, {
      fd: { k: { l: undefined, m: 1 }, a: undefined },
    }),
    merge({ fd: null }, 200, { fd: null }),
    merge({ lines: [{ p: 5 }] }, 200, { lines: [{ p: 5, w: 'dd' }] }),
    merge({ d: { nope: 1 } }, 400, { detail: /\$\.d\.nope: Unknown field/ }),
    merge({ d: 5 }, 400, { detail: /\$\.d: Must be a dict/ }),
    merge({ lines: { '0': { p: 1 } } }, 400, { detail: /\$\.lines: Must be a list/ }),
    merge({ _id: 'B' }, 400, { detail: /\$\._id/ }),
    merge({ stored: 1 }, 400, { detail: /Cannot be modified/ }),
    merge('5', 400, {}),
    merge('null', 400, {}),
    merge('', 400, {}),
    merge('{"__proto__":{"x":1}}', 400, { detail: /\$\.__proto__: Unknown field/ }),
    merge('{"fd":{"__proto__":{"x":1}}}', 400, { detail: /\$\.fd/ }),
    merge('{"d":{"__proto__":{"x":1}}}', 400, { detail: /\$\.d\.__proto__/ }),
    merge('{}', 200, { title: 'A' }),
  ],
})
