/** Views: which fields each shows, and when a stored item may go out as it is. */
import t from 'tap'
import type { Field, View } from '../../src/model/backoffice.ts'
import { collectionOf, modelOf } from './compile-text.ts'

/** Paths of the leaves that a view shows, without `_meta`. */
function shown(item: Field, view: View | undefined): string[] {
  const visit = (field: Field): string[] => {
    if (!view?.shows(field)) return []
    const inner = [...(field.fields?.values() ?? []), ...(field.items ?? [])].flatMap(visit)
    return field.fields || field.items ? inner : [field.path]
  }
  return visit(item).filter((path) => !path.startsWith('_meta.'))
}

const BOOKS = `
collections:
  books:
    fields:
      title: { type: String, views: [short] }
      text: { type: String, views: ["!short"] }
      pages: Int
      borrow:
        type: Dict
        fields: { user: { type: String, views: [short] }, note: String, hidden: { type: String, views: ["!client"] } }
      place: { type: Dict, views: [short], fields: { room: Int, shelf: Int } }
      lines: { type: List, items: { type: Dict, fields: { a: { type: Int, views: [short] }, b: Int } } }
      secret: Password
      never: { type: String, can_read: false }
      late: { type: Int, set: item.pages, views: ["!save"] }
    views: { long: [$.text, $.borrow.note], "!tiny": [$.borrow, $.lines.b, $.text] }
`

const all = [
  '_id',
  'title',
  'text',
  'pages',
  'borrow.user',
  'borrow.note',
  'borrow.hidden',
  'place.room',
  'place.shelf',
  'lines.a',
  'lines.b',
  'late',
]
const but = (...out: string[]): string[] => all.filter((path) => !out.includes(path))

t.test('what is shown', async (t) => {
  const { item, views } = collectionOf(await modelOf(BOOKS), 'books')
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['client', but('borrow.hidden')],
    ['save', but('late')],
    ['short', but('text')],
    ['+short', ['_id', 'title', 'borrow.user', 'place.room', 'place.shelf', 'lines.a']],
    ['+long', ['_id', 'text', 'borrow.note']],
    ['long', all],
    ['tiny', but('borrow.user', 'borrow.note', 'borrow.hidden', 'lines.b', 'text')],
    ['+tiny', ['_id']],
    ['+client', ['_id']],
  ]
  for (const [name, expected] of rows) t.same(shown(item, views.get(name)), expected, name)
  t.equal(views.get('nowhere'), undefined)
  t.equal(views.get('!short'), undefined)
})

t.test('_id is in every view, _meta in every plain one', async (t) => {
  const { item, views } = collectionOf(await modelOf(BOOKS), 'books')
  const [id, meta] = ['_id', '_meta'].map((name) => item.fields?.get(name))
  for (const [name, view] of views) {
    t.ok(id && view.shows(id), name)
    t.equal(meta && view.shows(meta), !name.startsWith('+'), name)
  }
})

t.test('a Dict of which nothing is shown is not shown', async (t) => {
  const model = await modelOf(
    'collections: { a: { fields: { d: { type: Dict, fields: { x: { type: Int, views: ["!v"] } } } } } }',
  )
  const { item, views } = collectionOf(model, 'a')
  const dict = item.fields?.get('d')
  t.equal(dict && views.get('v')?.shows(dict), false)
  t.equal(dict && views.get('client')?.shows(dict), true)
})

t.test('whole: the stored text may go out as it is', async (t) => {
  const rows: readonly (readonly [string, string, boolean])[] = [
    [
      'plain fields',
      '{ x: Int, d: { type: Dict, fields: { y: { type: List, items: Int } } } }',
      true,
    ],
    ['a Ref in the item', '{ x: { type: Ref, coll: a } }', true],
    ['a stored computed field', '{ x: { type: Int, set: "1" } }', true],
    ['a derived list', '{ x: { type: RefsList, coll: a } }', false],
    ['a list that is not filled', '{ x: { type: RefsList, coll: a, ofs: NOT_FILL } }', true],
    ['computed on read', '{ x: { type: Int, set: "1", views: ["!save"] } }', false],
    [
      'computed on read, and not for clients',
      '{ x: { type: Int, set: "1", views: ["!save", "!client"] } }',
      true,
    ],
    ['a field left out', '{ x: { type: Int, views: ["!client"] } }', false],
    ['a right', '{ x: { type: Int, can_read: item.x == 1 } }', false],
    ['exists', '{ x: { type: Int, exists: item.x == 1 } }', false],
    ['a secret', '{ x: Password }', false],
    ['a file, of which the item holds what is shown', '{ x: File }', true],
    [
      'a right inside a list',
      '{ l: { type: List, items: { type: Dict, fields: { x: { type: Int, can_read: false } } } } }',
      false,
    ],
  ]
  for (const [name, fields, expected] of rows) {
    const model = await modelOf(`collections: { a: { fields: ${fields} } }`)
    t.equal(collectionOf(model, 'a').views.get('client')?.whole, expected, name)
  }
})
