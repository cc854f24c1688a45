/** Docs of older models: shown under the names of now, and written without losing what no model shows any more. */
import t from 'tap'
import type { DictValue, Value } from '../../../src/expression/expr.ts'
import type { Field } from '../../../src/model/backoffice.ts'
import { complete } from '../../../src/model/values/complete.ts'
import { moveRenamed } from '../../../src/model/values/former.ts'
import { keepUnknown } from '../../../src/model/values/keep.ts'
import { collectionOf, modelOf } from '../compile-text.ts'

const TEXT = `
default_rights: current_user.has_role("A")
collections:
  books:
    fields:
      title: { type: String, renamed_from: [name, label] }
      pages: Int
      double: { type: Int, set: item.pages * 2 }
      address:
        type: Dict
        renamed_from: addr
        fields:
          street: { type: String, renamed_from: road }
          city: String
      lines:
        type: List
        items:
          type: Dict
          fields:
            product: { type: String, renamed_from: item }
            qty: Int
      free: FreeDict
      tags: { type: RefsList, coll: tags, field: $.books, renamed_from: labels }
  tags: { fields: { books: { type: RefsList, coll: books, field: $.tags } } }
`

const item: Field = collectionOf(await modelOf(TEXT), 'books').item
const doc = (some: Record<string, unknown>): DictValue => complete(item, some as DictValue)

/** Only what is set, as that is all that rows name. */
function setOnly(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(setOnly)
  if (typeof value !== 'object' || value === null) return value
  const some = Object.entries(value)
    .map(([key, inner]) => [key, setOnly(inner)] as const)
    .filter(([, inner]) => inner !== null && !isEmpty(inner))
  return Object.fromEntries(some)
}

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && !Array.isArray(value) && Object.keys(value ?? {}).length === 0

interface Row {
  readonly name: string
  readonly stored: Record<string, unknown>
  /** what it shows */
  readonly shown: object
  /** what is written then, of what is shown; default: just that */
  readonly change?: object
  /** what is then stored */
  readonly kept: object
  /** what a migration makes of it as it was stored; default: what is shown */
  readonly moved?: object
}

const ROWS: readonly Row[] = [
  {
    name: 'nothing more than the model knows',
    stored: { title: 'A', pages: 3 },
    shown: { title: 'A', pages: 3 },
    change: { pages: 4 },
    kept: { title: 'A', pages: 4 },
  },
  {
    name: 'a field that is gone is kept',
    stored: { title: 'A', old: 'x' },
    shown: { title: 'A' },
    change: { pages: 4 },
    kept: { title: 'A', pages: 4, old: 'x' },
    moved: { title: 'A', old: 'x' },
  },
  {
    name: 'a field that is gone and never was set is not',
    stored: { title: 'A', old: null, older: { a: null } },
    shown: { title: 'A' },
    kept: { title: 'A' },
    moved: { title: 'A' },
  },
  {
    name: 'a field that was renamed moves with the next write',
    stored: { name: 'A' },
    shown: { title: 'A' },
    change: { pages: 4 },
    kept: { title: 'A', pages: 4 },
  },
  {
    name: 'also when another value is put in its place',
    stored: { name: 'A' },
    shown: { title: 'A' },
    change: { title: 'B' },
    kept: { title: 'B' },
  },
  {
    name: 'and when it is cleared',
    stored: { name: 'A' },
    shown: { title: 'A' },
    change: { title: null },
    kept: {},
  },
  {
    name: 'an unset field of its own gives way',
    stored: { title: null, label: 'A' },
    shown: { title: 'A' },
    kept: { title: 'A' },
  },
  {
    name: 'the latest former name first; what an older one holds is kept',
    stored: { name: 'A', label: 'B' },
    shown: { title: 'A' },
    kept: { title: 'A', label: 'B' },
    moved: { title: 'A', label: 'B' },
  },
  {
    name: 'a value of its own stays, another one under a former name is kept beside it',
    stored: { title: 'A', name: 'B' },
    shown: { title: 'A' },
    change: { pages: 1 },
    kept: { title: 'A', pages: 1, name: 'B' },
    moved: { title: 'A', name: 'B' },
  },
  {
    name: 'and does not come back when the field is cleared',
    stored: { title: 'A', name: 'B' },
    shown: { title: 'A' },
    change: { title: null },
    kept: {},
    moved: { title: 'A', name: 'B' },
  },
  {
    name: 'the same value under both names is one',
    stored: { title: 'A', name: 'A' },
    shown: { title: 'A' },
    kept: { title: 'A', name: 'A' },
    moved: { title: 'A' },
  },
  {
    name: 'a renamed Dict with a renamed field',
    stored: { addr: { road: 'R', city: 'C', zip: 1 } },
    shown: { address: { street: 'R', city: 'C' } },
    change: { address: { street: 'S', city: 'C' } },
    kept: { address: { street: 'S', city: 'C', zip: 1 } },
    moved: { address: { street: 'R', city: 'C', zip: 1 } },
  },
  {
    name: 'a Dict in which nothing is set is as good as none',
    stored: { address: { street: null, city: null }, addr: { city: 'C' } },
    shown: { address: { city: 'C' } },
    kept: { address: { city: 'C' } },
  },
  {
    name: 'a scalar where a Dict is now: shown as unset, kept until that is filled',
    stored: { address: 'Main 1' },
    shown: {},
    change: { pages: 1 },
    kept: { pages: 1, address: 'Main 1' },
    moved: { address: 'Main 1' },
  },
  {
    name: 'the same under a former name',
    stored: { addr: 'Main 1' },
    shown: {},
    change: { pages: 1 },
    kept: { pages: 1, addr: 'Main 1' },
    moved: { address: 'Main 1' },
  },
  {
    name: 'what a Dict is filled with takes the place of a scalar',
    stored: { address: 'Main 1' },
    shown: {},
    change: { address: { street: null, city: 'C' } },
    kept: { address: { city: 'C' } },
    moved: { address: 'Main 1' },
  },
  {
    name: 'elements of a List: renamed, and with what is gone',
    stored: {
      lines: [
        { item: 'p', qty: 1, old: 'x' },
        { item: 'q', qty: 2 },
      ],
    },
    shown: {
      lines: [
        { product: 'p', qty: 1 },
        { product: 'q', qty: 2 },
      ],
    },
    kept: {
      lines: [
        { product: 'p', qty: 1, old: 'x' },
        { product: 'q', qty: 2 },
      ],
    },
    moved: {
      lines: [
        { product: 'p', qty: 1, old: 'x' },
        { product: 'q', qty: 2 },
      ],
    },
  },
  {
    name: 'elements that move take what is theirs along, changed ones are known by their place',
    stored: {
      lines: [
        { item: 'p', old: 'x' },
        { item: 'q', old: 'y' },
        { item: 'r', old: 'z' },
      ],
    },
    shown: { lines: [{ product: 'p' }, { product: 'q' }, { product: 'r' }] },
    change: {
      lines: [
        { product: 'r', qty: null },
        { product: 'changed', qty: 1 },
        { product: 'new', qty: 2 },
        { product: 'p', qty: null },
      ],
    },
    kept: {
      lines: [
        { product: 'r', old: 'z' },
        { product: 'changed', qty: 1, old: 'y' },
        { product: 'new', qty: 2 },
        { product: 'p', old: 'x' },
      ],
    },
    moved: {
      lines: [
        { product: 'p', old: 'x' },
        { product: 'q', old: 'y' },
        { product: 'r', old: 'z' },
      ],
    },
  },
  {
    name: 'links that an older model kept in the item wait there',
    stored: { labels: ['t1'] },
    shown: {},
    change: { pages: 1 },
    kept: { pages: 1, labels: ['t1'] },
    moved: { tags: ['t1'] },
  },
]

for (const { name, stored, shown, change = {}, kept, moved = shown } of ROWS)
  t.test(name, (t) => {
    const seen = doc(stored)
    t.same(setOnly(seen), shown, 'shown')
    const next = { ...seen, ...change } as DictValue
    const written = keepUnknown(item, stored as DictValue, next)
    t.same(setOnly(written), kept, 'kept')
    t.same(complete(item, written), next, 'shown as it was written')
    t.same(setOnly(moveRenamed(item, stored as DictValue)), moved, 'moved')
    t.end()
  })

t.test('the same object when there is nothing to do', (t) => {
  const whole = doc({ title: 'A', lines: [{ product: 'p', qty: 1 }] })
  t.equal(keepUnknown(item, whole, whole), whole)
  t.equal(moveRenamed(item, whole), whole)
  t.end()
})

/** A small generator: the same docs at every run. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}

t.test('whatever is stored and written, it is shown as it was written', (t) => {
  const next = random(7)
  const text = (): Value => [null, 'a', 'b'][next(3)] ?? null
  const some = (...names: string[]): Record<string, Value> =>
    Object.fromEntries(names.filter(() => next(2) === 0).map((name) => [name, text()]))
  const lines = (): Value =>
    Array.from({ length: next(4) }, () => some('item', 'product', 'old', 'qty'))
  const dict = (): Value => [null, 'x', some('street', 'road', 'city', 'zip')][next(3)] ?? null
  const any = (): DictValue => {
    const made: Record<string, Value> = some('title', 'name', 'label', 'old', 'pages')
    for (const name of ['address', 'addr']) if (next(2) === 0) made[name] = dict()
    if (next(2) === 0) made['lines'] = lines()
    return made
  }
  for (let round = 0; round < 20_000; round++) {
    const [stored, wanted] = [any(), complete(item, any())]
    const shown = complete(item, stored)
    // only some of it is changed
    const written = Object.fromEntries(
      Object.keys(shown).map((name) => [name, (next(2) ? shown : wanted)[name] ?? null]),
    )
    const kept = keepUnknown(item, stored, written)
    const again = complete(item, kept)
    if (JSON.stringify(again) !== JSON.stringify(written)) {
      t.fail('shown otherwise', { stored, written, kept, again })
      break
    }
    const lost = Object.keys(stored).filter((name) => name === 'old' && !('old' in kept))
    if (lost.some((name) => stored[name] !== null)) {
      t.fail('lost', { stored, written, kept })
      break
    }
  }
  t.pass('20 000 times')
  t.end()
})
