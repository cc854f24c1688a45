/** Defaults, computed fields, completion of stored docs, and what is wrong with them. */
import t from 'tap'
import type { DictValue, Value } from '../../../src/expression/expr.ts'
import type { Collection, Default, Field, RelationSide } from '../../../src/model/backoffice.ts'
import { accept } from '../../../src/model/values/accept.ts'
import { complete } from '../../../src/model/values/complete.ts'
import { computeOnRead, computeStored } from '../../../src/model/values/compute.ts'
import { hookDefaults, withDefaults } from '../../../src/model/values/defaults.ts'
import { misfits } from '../../../src/model/values/misfits.ts'
import { dict, ENV, itemOf, list, of, rule, type Extra } from '../fields/field-of.ts'

const value = (literal: Value): Extra => ({ default: { kind: 'value', value: literal } })
const hook: Extra = { default: { kind: 'hook', name: 'make' } }
const by = (evaluate: Parameters<typeof rule>[0]): Extra => ({
  default: { kind: 'rule', rule: rule(evaluate) } satisfies Default,
})
const itemAt = (roots: { readonly [name: string]: Value | undefined }, key: string): Value =>
  (roots['item'] as DictValue)[key] ?? null
const linked: Extra = { side: { kept: 'linked', many: true } as RelationSide }

t.test('defaults', (t) => {
  const item = itemOf({
    a: of('Int', {}, value(5)),
    b: of(
      'Int',
      {},
      by((roots) => Number(itemAt(roots, 'a')) + 1),
    ),
    bad: of(
      'Int',
      {},
      by(() => 'x'),
    ),
    none: of(
      'Int',
      {},
      by(() => null),
    ),
    when: of('Datetime', {}, value('2001-01-01')),
    h: of('String', {}, hook),
    d: dict({ c: of('String', {}, value('deep')), h: of('String', {}, hook) }),
    e: dict({ x: of('Int'), y: of('Int') }, value({ x: 1, y: 2 })),
    l: list(of('Int'), {}, value([1])),
    r: of('RefsList', {}, { ...linked, ...value(['u1']) }),
  })
  const start = accept(item, null, {}, { env: ENV }).doc
  t.strictSame(withDefaults(item, start, ENV), {
    a: 5,
    b: 6,
    bad: null,
    none: null,
    when: '2001-01-01T00:00:00.000Z',
    h: null,
    d: { c: 'deep', h: null },
    e: { x: 1, y: 2 },
    l: [1],
    r: ['u1'],
  })
  t.equal(start['a'], null, 'the doc given is not changed')
  t.strictSame(
    hookDefaults(item, start).map(({ path, hook: name }) => [path, name]),
    [
      ['$.h', 'make'],
      ['$.d.h', 'make'],
    ],
  )

  const given = accept(item, null, { a: 0, e: { x: 9 }, d: { c: '', h: 'k' }, l: [] }, { env: ENV })
  const doc = withDefaults(item, given.doc, ENV, given.given)
  t.match(doc, { a: 0, b: 1, d: { c: '' }, e: { x: 9, y: 2 }, l: [] })
  t.strictSame(
    hookDefaults(item, doc).map(({ path }) => path),
    ['$.h'],
  )

  const nulled = accept(item, null, { a: null, e: { x: null }, h: null }, { env: ENV })
  t.match(
    withDefaults(item, nulled.doc, ENV, nulled.given),
    { a: null, e: { x: null, y: 2 } },
    'null on purpose stays',
  )
  t.strictSame(
    hookDefaults(item, nulled.doc, nulled.given).map(({ path }) => path),
    ['$.d.h'],
  )
  const l1 = withDefaults(item, start, ENV)['l']
  t.not(l1, withDefaults(item, start, ENV)['l'], 'a list is not shared by items')
  const plain = itemOf({ a: of('Int') })
  const same = { a: null }
  t.equal(withDefaults(plain, same, ENV), same)
  t.end()
})

const collectionOf = (item: Field, ...paths: string[]): Collection => {
  const at = (path: string): Field => {
    let field: Field = item
    for (const key of path.split('.'))
      field = (field.fields ?? field.items?.[0]?.fields)?.get(key) ?? item
    return field
  }
  return { name: 'c', item, computed: paths.map(at) } as unknown as Collection
}

t.test('computed fields', (t) => {
  const set = (stored: boolean, evaluate: Parameters<typeof rule>[0]): Extra => ({
    set: { rule: rule(evaluate), stored },
  })
  const item = itemOf({
    a: of('Int'),
    twice: of(
      'Int',
      {},
      set(true, (roots) => Number(itemAt(roots, 'a')) * 2),
    ),
    four: of(
      'Int',
      {},
      set(true, (roots) => Number(itemAt(roots, 'twice')) * 2),
    ),
    bad: of(
      'Int',
      {},
      set(true, () => 1.5),
    ),
    none: of(
      'RefsList',
      {},
      { ...set(true, () => null), side: { kept: 'item', many: true } as RelationSide },
    ),
    d: dict({
      e: of(
        'Int',
        {},
        set(true, () => 7),
      ),
      live: of(
        'Int',
        {},
        set(false, () => 8),
      ),
    }),
    l: list(
      dict({
        n: of('Int'),
        c: of(
          'Int',
          {},
          set(true, () => 9),
        ),
      }),
    ),
    live: of(
      'Int',
      {},
      set(false, (roots) => Number(itemAt(roots, 'four')) + 1),
    ),
  })
  const collection = collectionOf(
    item,
    'twice',
    'four',
    'bad',
    'none',
    'd.e',
    'd.live',
    'l.c',
    'live',
  )
  const { doc } = accept(item, null, { a: 2, l: [{ n: 1 }, { n: 2 }] }, { env: ENV })
  const stored = computeStored(collection, doc, ENV)
  t.strictSame(stored, {
    a: 2,
    twice: 4,
    four: 8,
    bad: null,
    none: [],
    d: { e: 7 },
    l: [
      { n: 1, c: 9 },
      { n: 2, c: 9 },
    ],
  })
  t.equal(doc['twice'], null, 'the doc given is not changed')
  const read = computeOnRead(collection, stored, ENV)
  t.match(read, { live: 9, d: { e: 7, live: 8 } })
  t.notOk('live' in computeOnRead(collection, stored, ENV, ({ path }) => path !== 'live'))
  const plain = collectionOf(itemOf({ a: of('Int') }))
  t.equal(computeStored(plain, doc, ENV), doc)
  t.equal(computeOnRead(plain, doc, ENV), doc)
  t.end()
})

t.test('complete', (t) => {
  const item = itemOf({
    _id: of('String'),
    a: of('Int'),
    d: dict({ b: of('Int'), c: dict({ e: of('Int') }) }),
    l: list(dict({ x: of('Int'), y: of('Int') })),
    refs: of('RefsList', {}, linked),
    live: of('Int', {}, { set: { rule: rule(() => 1), stored: false } }),
  })
  const whole = { _id: '1', a: 1, d: { b: 1, c: { e: 1 } }, l: [{ x: 1, y: 2 }] }
  t.equal(complete(item, whole), whole, 'the same object when nothing lacks')
  /** in, out */
  const cases: readonly (readonly [DictValue, DictValue])[] = [
    [{ _id: '1' }, { _id: '1', a: null, d: { b: null, c: { e: null } }, l: null }],
    [{ ...whole, old: 1 }, whole],
    [{ ...whole, refs: ['x'], live: 3 }, whole],
    [
      { ...whole, d: { b: 1, c: null } },
      { ...whole, d: { b: 1, c: { e: null } } },
    ],
    [
      { ...whole, d: 'x' },
      { ...whole, d: { b: null, c: { e: null } } },
    ],
    [
      { ...whole, l: [{ y: 2 }] },
      { ...whole, l: [{ x: null, y: 2 }] },
    ],
    [
      { l: [], d: whole.d, a: 1, _id: '1' },
      { _id: '1', a: 1, d: whole.d, l: [] },
    ],
  ]
  for (const [before, after] of cases) {
    const done = complete(item, before)
    t.strictSame(done, after)
    t.equal(JSON.stringify(done), JSON.stringify(after), 'in the order of the model')
  }
  t.end()
})

t.test('misfits', (t) => {
  const item = itemOf({
    _id: of('String'),
    a: of('Int', { max: 5 }, { constraints: [{ rule: rule(() => false), message: null }] }),
    need: of('String', {}, { required: true }),
    p: of('Password', { min_length: 3 }),
    f: of('File'),
    full: of(
      'String',
      {},
      { set: { rule: rule(() => 'x'), stored: true }, transform: rule(() => 12) },
    ),
    l: list(dict({ x: of('Int') })),
    refs: of('RefsList', {}, { ...linked, required: true }),
  })
  const good = {
    _id: '1',
    a: 1,
    need: 'x',
    p: '$argon2id$v=19$h',
    full: 'x',
    l: [{ x: 1 }],
    f: { filename: 'a', content_type: 'a/b', size: 0, sha256: '' },
  }
  t.strictSame(misfits(item, good), [])
  /** changed, lines */
  const cases: readonly (readonly [DictValue, readonly string[]])[] = [
    [{ a: 'x' }, ['$.a: Must be an int (value="x")']],
    [{ a: 6 }, ['$.a: Must be <= 5 (value="6")']],
    [{ need: null }, ['$.need: Cannot be empty']],
    [{ old: 1 }, ['$.old: Unknown field']],
    [
      { l: [{ y: 1 }, { x: 'a' }] },
      ['$.l[0].y: Unknown field', '$.l[1].x: Must be an int (value="a")'],
    ],
    [{ p: 12 }, ['$.p: Must be a string']],
  ]
  for (const [change, lines] of cases) t.strictSame(misfits(item, { ...good, ...change }), lines)
  t.strictSame(misfits(item, [] as unknown as DictValue), ['$: Must be a dict'])
  t.end()
})
