/** `renamed_from`: every way in which a former name can't be one, and where that is told. */
import t from 'tap'
import { loadConfigText } from '../../src/config/load-config.ts'
import { collectionOf, findingsOf, line, modelOf } from './compile-text.ts'

const books = (fields: string, more = ''): string => `
default_rights: current_user.has_role("A")
${more}
collections:
  books:
    fields: ${fields}
`

const people = (text: string): string => `
default_rights: current_user.has_role("A")
collections:
  people: { renamed_from: ${text}, fields: { name: String } }
  addrs: { source: places, fields: { name: String } }
  teams: { renamed_from: groups, fields: { name: String } }
`

const AT = 'error RENAMED_FROM collections.books.fields.'

const ROWS: readonly (readonly [string, string, readonly string[]])[] = [
  ['one name', books('{ a: { type: String, renamed_from: b } }'), []],
  ['several', books('{ a: { type: String, renamed_from: [b, c] } }'), []],
  [
    'the same former name in two Dicts',
    books(
      '{ a: { type: Int, renamed_from: x }, d: { type: Dict, fields: { b: { type: Int, renamed_from: x } } } }',
    ),
    [],
  ],
  [
    'in elements of a List',
    books(
      '{ l: { type: List, items: { type: Dict, fields: { b: { type: Int, renamed_from: x } } } } }',
    ),
    [],
  ],
  [
    'its own name',
    books('{ a: { type: String, renamed_from: a } }'),
    [`${AT}a.renamed_from: a is its own name`],
  ],
  [
    'a name in use',
    books('{ a: { type: String, renamed_from: [c, b] }, b: Int }'),
    [`${AT}a.renamed_from[1]: b is in use: what it holds can't be of a too`],
  ],
  [
    'two that changed names',
    books('{ a: { type: String, renamed_from: b }, b: { type: String, renamed_from: a } }'),
    [
      `${AT}a.renamed_from: b is in use: what it holds can't be of a too`,
      `${AT}b.renamed_from: a is in use: what it holds can't be of b too`,
    ],
  ],
  [
    'two of the same name',
    books('{ a: { type: String, renamed_from: x }, b: { type: String, renamed_from: x } }'),
    [`${AT}b.renamed_from: x is a former name of a`],
  ],
  [
    'a name twice',
    books('{ a: { type: String, renamed_from: [x, x] } }'),
    [`${AT}a.renamed_from[1]: x is said twice`],
  ],
  [
    'a name that nothing has',
    books('{ a: { type: String, renamed_from: constructor } }'),
    [`${AT}a.renamed_from: nothing is ever stored as constructor`],
  ],
  [
    'an element',
    books('{ a: { type: List, items: { type: Int, renamed_from: x } } }'),
    [`${AT}a.items.renamed_from: \`renamed_from\` can't be here: elements have no name`],
  ],
  [
    'in a Tuple',
    books(
      '{ a: { type: Tuple, items: [{ type: Dict, fields: { b: { type: Int, renamed_from: x } } }] } }',
    ),
    [
      `${AT}a.items[0].fields.b.renamed_from: \`renamed_from\` can't be here: inside a Tuple or an In data stays as it is`,
    ],
  ],
  [
    'a named type, used twice',
    books('{ a: Name, b: Name }', 'types: { Name: { type: String, renamed_from: x } }'),
    ['error RENAMED_FROM types.Name.renamed_from: x is a former name of a'],
  ],
  [
    'of current_user',
    books(
      '{ a: Int }',
      'current_user: { fields: { mail: { type: String, renamed_from: email } } }',
    ),
    [
      "error RENAMED_FROM current_user.fields.mail.renamed_from: `renamed_from` can't be here: nothing of it is stored",
    ],
  ],
  [
    'of an argument',
    `${books('{ a: Int }')}    actions: { act: { schema: { b: { type: Int, renamed_from: c } }, set: { $.a: action.b } } }\n`,
    [
      "error RENAMED_FROM collections.books.actions.act.schema.b.renamed_from: `renamed_from` can't be here: nothing of it is stored",
    ],
  ],
  ['a collection', people('users'), []],
  ['a collection of several names', people('[users, persons]'), []],
  [
    'a collection in use',
    people('teams'),
    [
      "error RENAMED_FROM collections.people.renamed_from: teams is in use: what it holds can't be of people too",
    ],
  ],
  [
    'the place of another collection',
    people('places'),
    [
      "error RENAMED_FROM collections.people.renamed_from: places is in use: what it holds can't be of people too",
    ],
  ],
  [
    'the former name of another collection',
    people('groups'),
    ['error RENAMED_FROM collections.teams.renamed_from: groups is a former name of people'],
  ],
  [
    'a collection itself',
    people('people'),
    ['error RENAMED_FROM collections.people.renamed_from: people is its own name'],
  ],
]

for (const [name, text, expected] of ROWS)
  t.test(name, async (t) => t.same((await findingsOf(text)).map(line), expected))

t.test('an unknown shape is told by the format', async (t) => {
  for (const said of ['3', '[]', '{ a: b }', '""', '"a b"', '[a, 3]', '"__proto__"', '"$.a"']) {
    const head = 'backo: 1\nname: app\n'
    for (const text of [books(`{ a: { type: String, renamed_from: ${said} } }`), people(said)]) {
      const { findings } = await loadConfigText(head + text)
      t.ok(findings.length > 0, said)
      for (const { path, severity, location } of findings) {
        t.equal(severity, 'error')
        t.ok(path.includes('renamed_from'), JSON.stringify(path))
        t.ok(location && location.line > 3)
      }
    }
  }
})

t.test('the shape of what is stored does not depend on former names', async (t) => {
  const shape = async (fields: string): Promise<string> =>
    collectionOf(await modelOf(books(fields)), 'books').stored.shape
  t.equal(
    await shape('{ a: { type: String, renamed_from: b } }'),
    await shape('{ a: String }'),
    'once all is moved, it may be left out',
  )
})
