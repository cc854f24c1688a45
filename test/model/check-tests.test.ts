/** What `validate` finds in `tests:`: a test that could not fail, or never hold, is a mistake of the file. */
import t from 'tap'
import { loadConfigText } from '../../src/config/load-config.ts'
import { findingsOf, line } from './compile-text.ts'

const APP = `
default_rights: current_user.has_role("A")
current_user: { fields: { team: String, age: Int } }
collections:
  books:
    fields: { title: { type: String, required: true }, pages: Int, box: { type: Dict, fields: { width: Int } }, rows: { type: List, items: { type: Dict, fields: { price: Float } } } }
    actions:
      lend: { schema: { days: Int }, can_execute: action.days < 10, set: { $.pages: '1' } }
      hide: { set: { $.pages: '0' } }
    selections: { thick: { selectors: [$.title], filter: { pages: 900 } } }
`
const BOOKS = "given: { books: [{ _id: '1', title: Dune }] }"

/** a test, and what is said of it */
const ROWS: readonly (readonly [test: string, ...said: string[]])[] = [
  [`{ ${BOOKS}, on: books/1, can: read }`],
  [`{ ${BOOKS}, on: /books/1, can: [read, hide, lend: { days: 3 }], sees: $.box.width }`],
  [`{ ${BOOKS}, on: 'books?title=Dune&_sort=title', sees: ['1'], hides: [] }`],
  [`{ ${BOOKS}, on: books/_selections/thick, can: read, sees: [] }`],
  [`{ ${BOOKS}, on: books/1/_actions/lend, cannot: [{ execute: { days: 30 } }] }`],
  ['{ on: books, can: [read, thick, create] }'],
  ['{ as: , on: books, can: read }'],
  ['{ as: { _id: u, team: x, age: 3, roles: [A] }, on: books, can: read }'],
  ['{ on: bookz, can: read }', 'tests[0].on: unknown collection bookz (Did you mean "books"?)'],
  [
    '{ on: books }',
    'tests[0]: this test expects nothing (say what the user `can` do, `cannot` do, `sees` or what it `hides`)',
  ],
  [
    '{ on: books/9, can: read }',
    'tests[0].on: no item 9 is given in books (given: { books: [ { _id: "9", ... } ] })',
  ],
  [
    `{ ${BOOKS}, on: books/_selections/thik, can: read }`,
    'tests[0].on: unknown selection thik of books (Did you mean "thick"?)',
  ],
  [
    `{ ${BOOKS}, on: books/1/_actions/lent, can: execute }`,
    'tests[0].on: unknown action lent of books (Did you mean "lend"?)',
  ],
  [
    `{ ${BOOKS}, on: books/1/2/3, can: read }`,
    `tests[0].on: can't be about "books/1/2/3" (write books, books/<_id>, books/_selections/<selection> or books/<_id>/_actions/<action>, and a query)`,
  ],
  [
    `{ ${BOOKS}, on: 'books/%zz', can: read }`,
    `tests[0].on: can't be about "books/%zz" (write books, books/<_id>, books/_selections/<selection> or books/<_id>/_actions/<action>, and a query)`,
  ],
  [
    `{ ${BOOKS}, on: books/1, can: rad }`,
    'tests[0].can[0]: nothing called rad can be tried on an item of books (Did you mean "read"?)',
  ],
  [
    `{ ${BOOKS}, on: books/1, can: create }`,
    "tests[0].can[0]: create can't be tried on an item (say `on: books`)",
  ],
  [
    `{ on: books, cannot: delete }`,
    "tests[0].cannot[0]: delete can't be tried on a collection (say `on: books/<_id>`)",
  ],
  [
    `{ ${BOOKS}, on: books/1, can: lend }`,
    'tests[0].can[0]: the right to run lend looks at its arguments (give them: `lend: { ... }`)',
  ],
  [
    `{ ${BOOKS}, on: books/1, can: [{ read: { a: 1 } }] }`,
    'tests[0].can[0].read: read takes no body (write `read` alone)',
  ],
  [
    `{ ${BOOKS}, on: books/1, can: [{ modify: { title: a }, delete: }] }`,
    'tests[0].can[0]: a step is one thing: modify, delete are several (write each as an entry of its own)',
  ],
  [
    `{ ${BOOKS}, on: books/1, can: [{ read: , because: x }] }`,
    'tests[0].can[0].because: `because` is about a refusal',
  ],
  [
    `{ ${BOOKS}, on: books/1, can: [{ modify: { titel: a } }] }`,
    'tests[0].can[0].modify.titel: unknown field titel (Did you mean "title"?)',
  ],
  [
    `{ ${BOOKS}, on: books/1, cannot: [{ modify: { rows: [{ prise: 1 }] } }] }`,
    'tests[0].cannot[0].modify.rows[0].prise: unknown field prise (Did you mean "price"?)',
  ],
  [
    `{ ${BOOKS}, on: books/1, can: [{ modify: { pages: x } }] }`,
    'tests[0].can[0].modify.pages: Must be an int',
  ],
  [`{ ${BOOKS}, on: books/1, cannot: [{ modify: { pages: x } }] }`],
  [
    `{ ${BOOKS}, on: books/1, can: [{ lend: { dayz: 1 } }] }`,
    'tests[0].can[0].lend.dayz: unknown field dayz (Did you mean "days"?)',
  ],
  [
    `{ ${BOOKS}, on: books/1, sees: [titel] }`,
    'tests[0].sees[0]: unknown field titel of books (Did you mean "title"?)',
  ],
  [
    `{ ${BOOKS}, on: books, sees: ['2'] }`,
    'tests[0].sees[0]: no item 2 is given in books (Did you mean "1"?)',
  ],
  [
    `{ ${BOOKS}, on: books/1/_actions/hide, sees: [title] }`,
    'tests[0].sees: an action shows nothing (say `on: books/1`)',
  ],
  [
    '{ given: { bookz: [] }, on: books, can: read }',
    'tests[0].given.bookz: unknown collection bookz (Did you mean "books"?)',
  ],
  [
    '{ given: { books: [{ title: x }] }, on: books, can: read }',
    'tests[0].given.books[0]: an item needs an `_id`, a text',
  ],
  [
    '{ given: { books: [{ _id: 1, title: x }] }, on: books, can: read }',
    'tests[0].given.books[0]._id: an item needs an `_id`, a text',
  ],
  [
    "{ given: { books: [{ _id: '1' }, { _id: '1' }] }, on: books, can: read }",
    'tests[0].given.books[1]._id: 1 is here twice',
  ],
  [
    "{ given: { books: [{ _id: '1', pages: many }] }, on: books, can: read }",
    'tests[0].given.books[0].pages: Must be an int',
  ],
  [
    '{ as: { rolls: [A] }, on: books, can: read }',
    'tests[0].as.rolls: unknown field rolls (Did you mean "roles"?)',
  ],
  ['{ as: { roles: A }, on: books, can: read }', 'tests[0].as.roles: Must be a list'],
  ['{ as: { roles: [1] }, on: books, can: read }', 'tests[0].as.roles[0]: Must be a string'],
  [
    "{ as: { _id: '000' }, on: books, can: read }",
    'tests[0].as._id: "000" is the anonymous user (leave `as` out)',
  ],
  ['{ as: { _id: 7 }, on: books, can: read }', 'tests[0].as._id: an _id is a text'],
]

for (const [test, ...said] of ROWS) {
  t.test(test, async (t) => {
    const lines = (await findingsOf(`${APP}\ntests: [${test}]`)).map(line)
    t.same(
      lines,
      said.map((each) => `error TEST ${each}`),
    )
  })
}

/** what the schema says */
const FORM: readonly (readonly [tests: string, code: string, path: string])[] = [
  ['{ on: books }', 'TYPE', 'tests'],
  ['[{ can: read }]', 'MISSING', 'tests,0'],
  ['[{ on: books, can: 3 }]', 'TYPE', 'tests,0,can'],
  ['[{ on: books, kan: read }]', 'UNKNOWN_KEY', 'tests,0,kan'],
  ['[{ on: books, given: { books: { _id: a } }, can: read }]', 'TYPE', 'tests,0,given,books'],
  ['[{ on: books, as: ADMIN, can: read }]', 'TYPE', 'tests,0,as'],
  ['[{ on: books, can: [{}] }]', 'VALUE', 'tests,0,can,0'],
]

for (const [tests, code, path] of FORM) {
  t.test(tests, async (t) => {
    const { findings } = await loadConfigText(`backo: 1\nname: app\n${APP}\ntests: ${tests}`)
    t.same(
      findings.map((finding) => `${finding.code} ${finding.path.join()}`),
      [`BACKO_CONFIG_${code} ${path}`],
    )
  })
}
