/**
 * Every kind of mistake in a backo.yaml: a row a mistake, with the code, the place and the hint it must give.
 */
import t from 'tap'
import { findingsToJson } from '../../src/config/findings.ts'
import { loadConfigText } from '../../src/config/load-config.ts'

/** A file that is good but for what is put in: `fields` begins in line 6, column 7. */
const withFields = (fields: string): string =>
  `backo: 1\nname: app\ncollections:\n  books:\n    fields:\n      ${fields.replaceAll('\n', '\n      ')}\n`
/** `part` begins in line 7, column 5. */
const withCollection = (part: string): string =>
  `${withFields('title: String')}    ${part.replaceAll('\n', '\n    ')}\n`
/** `part` begins in line 7, column 1. */
const withTop = (part: string): string => `${withFields('title: String')}${part}\n`

interface Mistake {
  readonly story: string
  readonly yaml: string
  readonly code: string
  readonly at: readonly [line: number, column: number]
  readonly path: string
  readonly message: string | RegExp
  readonly hint?: string | RegExp
}

const SYNTAX: readonly Mistake[] = [
  {
    story: 'an empty file',
    yaml: '',
    code: 'BACKO_CONFIG_SYNTAX',
    at: [1, 1],
    path: '',
    message: 'the file is empty',
    hint: /begin with "backo: 1"/,
  },
  {
    story: 'only comments',
    yaml: '# later\n',
    code: 'BACKO_CONFIG_SYNTAX',
    at: [1, 1],
    path: '',
    message: 'the file is empty',
  },
  {
    story: 'only a document marker',
    yaml: '---\n',
    code: 'BACKO_CONFIG_SYNTAX',
    at: [1, 1],
    path: '',
    message: 'the file is empty',
  },
  {
    story: 'a list at the top',
    yaml: '# a\n- backo: 1\n',
    code: 'BACKO_CONFIG_TYPE',
    at: [2, 1],
    path: '',
    message: 'the file must be a map of keys and values',
  },
  {
    story: 'a text at the top',
    yaml: 'hello\n',
    code: 'BACKO_CONFIG_TYPE',
    at: [1, 1],
    path: '',
    message: 'the file must be a map of keys and values',
  },
  {
    story: 'two documents',
    yaml: `${withFields('a: Int')}---\nname: other\n`,
    code: 'BACKO_CONFIG_SYNTAX',
    at: [7, 1],
    path: '',
    message: 'a second document begins here; one file holds one',
  },
  {
    story: 'YAML 1.1, where yes is true',
    yaml: `%YAML 1.1\n---\n${withFields('a: Int')}`,
    code: 'BACKO_CONFIG_SYNTAX',
    at: [1, 1],
    path: '',
    message: 'the file must be YAML 1.2',
  },
  {
    story: 'a tab as indent',
    yaml: 'collections:\n\tbooks: {}\n',
    code: 'BACKO_CONFIG_SYNTAX',
    at: [2, 1],
    path: '',
    message: 'tabs are not allowed as indentation',
    hint: 'indent with spaces',
  },
  {
    story: 'a ternary without quotes',
    yaml: withFields('a:\n  type: Int\n  set: item.b ? 1 : 2'),
    code: 'BACKO_CONFIG_SYNTAX',
    at: [8, 14],
    path: '',
    message: /nested mappings are not allowed/,
    hint: /must be in quotes as a whole/,
  },
  {
    story: 'an expression that begins with a text',
    yaml: withCollection('can_read: "A" in current_user.roles'),
    code: 'BACKO_CONFIG_SYNTAX',
    at: [7, 19],
    path: '',
    message: /unexpected scalar/,
    hint: /must be in quotes as a whole/,
  },
  {
    story: 'an expression that begins with !',
    yaml: withCollection('can_read: !item.secret'),
    code: 'BACKO_CONFIG_SYNTAX',
    at: [7, 15],
    path: '',
    message: 'unknown tag: !item.secret',
    hint: /in quotes: "!item.lent"/,
  },
  {
    story: 'a variable inside braces without quotes',
    yaml: withTop('server: { port: ${PORT:-8080} }'),
    code: 'BACKO_CONFIG_SYNTAX',
    at: [7, 18],
    path: '',
    message: /unexpected/,
    hint: 'inside { } and [ ] a variable must be in quotes: "${NAME}"',
  },
  {
    story: 'a bracket that is never closed',
    yaml: withFields('a: { type: Tuple, items: [Int }'),
    code: 'BACKO_CONFIG_SYNTAX',
    at: [6, 37],
    path: '',
    message: /./,
  },
  {
    story: 'a quote that is never closed',
    yaml: withTop('description: "x'),
    code: 'BACKO_CONFIG_SYNTAX',
    at: [8, 1],
    path: '',
    message: /missing closing/,
  },
  {
    story: 'the same key twice',
    yaml: withFields('a: Int\nb: Int\na: String'),
    code: 'BACKO_CONFIG_DUPLICATE',
    at: [8, 7],
    path: 'collections.books.fields.a',
    message: '"a" is here twice; the first is in line 6',
  },
  {
    story: 'a map as key',
    yaml: withTop('? { a: 1 }\n: b'),
    code: 'BACKO_CONFIG_SYNTAX',
    at: [7, 3],
    path: '',
    message: 'a key must be a text',
  },
  {
    story: 'an alias of nothing',
    yaml: withFields('a: &text { type: String }\nb: *texd'),
    code: 'BACKO_CONFIG_ALIAS',
    at: [7, 10],
    path: 'collections.books.fields.b',
    message: 'no anchor "&texd" before this alias',
    hint: 'did you mean "*text"?',
  },
  {
    story: 'an alias that holds itself',
    yaml: withFields('a: &a { type: List, items: *a }'),
    code: 'BACKO_CONFIG_ALIAS',
    at: [6, 34],
    path: 'collections.books.fields.a.items',
    message: 'the alias "*a" holds itself',
  },
  {
    story: 'a merge of a text',
    yaml: withCollection('<<: base'),
    code: 'BACKO_CONFIG_SYNTAX',
    at: [7, 5],
    path: 'collections.books',
    message: '"<<" takes a map, or a list of maps',
    hint: 'write <<: *anchor',
  },
]

const KEYS: readonly Mistake[] = [
  {
    story: 'an unknown key at the top',
    yaml: withTop('colections: {}'),
    code: 'BACKO_CONFIG_UNKNOWN_KEY',
    at: [7, 1],
    path: 'colections',
    message: 'unknown key "colections"',
    hint: 'did you mean "collections"?',
  },
  {
    story: 'a key of a later version is not taken in silence',
    yaml: withTop('plugins: []'),
    code: 'BACKO_CONFIG_UNKNOWN_KEY',
    at: [7, 1],
    path: 'plugins',
    message: 'unknown key "plugins"',
  },
  {
    story: 'a field written beside `fields`',
    yaml: withCollection('pages: Int'),
    code: 'BACKO_CONFIG_UNKNOWN_KEY',
    at: [7, 5],
    path: 'collections.books.pages',
    message: 'unknown key "pages"',
    hint: /^known here: description, storage/,
  },
  {
    story: 'an unknown key of the server',
    yaml: withTop('server: { prot: 1 }'),
    code: 'BACKO_CONFIG_UNKNOWN_KEY',
    at: [7, 11],
    path: 'server.prot',
    message: 'unknown key "prot"',
    hint: 'did you mean "port"?',
  },
  {
    story: 'an unknown option of a field',
    yaml: withFields('a: { type: Int, requird: true }'),
    code: 'BACKO_CONFIG_UNKNOWN_KEY',
    at: [6, 23],
    path: 'collections.books.fields.a.requird',
    message: 'unknown key "requird"',
    hint: 'did you mean "required"?',
  },
  {
    story: 'an option of another type',
    yaml: withFields('a: { type: Int, pattern: x }'),
    code: 'BACKO_CONFIG_UNKNOWN_KEY',
    at: [6, 23],
    path: 'collections.books.fields.a.pattern',
    message: '"pattern" is not an option of Int',
    hint: 'it is an option of String',
  },
  {
    story: 'an option of another type, deep in a type',
    yaml: withFields(
      'a:\n  type: Dict\n  fields:\n    b: { type: List, items: { type: Bool, min: 1 } }',
    ),
    code: 'BACKO_CONFIG_UNKNOWN_KEY',
    at: [9, 49],
    path: 'collections.books.fields.a.fields.b.items.min',
    message: '"min" is not an option of Bool',
  },
  {
    story: 'an unknown event',
    yaml: withCollection('on: { before_safe: check }'),
    code: 'BACKO_CONFIG_UNKNOWN_KEY',
    at: [7, 11],
    path: 'collections.books.on.before_safe',
    message: 'unknown key "before_safe"',
    hint: 'did you mean "before_save"?',
  },
  {
    story: 'the event of fields on a collection',
    yaml: withCollection('on: { change: check }'),
    code: 'BACKO_CONFIG_UNKNOWN_KEY',
    at: [7, 11],
    path: 'collections.books.on.change',
    message: 'unknown key "change"',
  },
  {
    story: 'a key of another storage',
    yaml: withTop('storage:\n  default: { type: memory, path: ./x }'),
    code: 'BACKO_CONFIG_UNKNOWN_KEY',
    at: [8, 28],
    path: 'storage.default.path',
    message: 'unknown key "path"',
  },
  {
    story: 'a misspelt hook right',
    yaml: withCollection('can_read: { hok: x }'),
    code: 'BACKO_CONFIG_UNKNOWN_KEY',
    at: [7, 17],
    path: 'collections.books.can_read.hok',
    message: 'unknown key "hok"',
    hint: 'did you mean "hook"?',
  },
  {
    story: 'no name',
    yaml: 'backo: 1\ncollections: { a: { fields: { b: Int } } }\n',
    code: 'BACKO_CONFIG_MISSING',
    at: [1, 1],
    path: '',
    message: 'missing key "name"',
  },
  {
    story: 'a field without type',
    yaml: withFields('a: { required: true }'),
    code: 'BACKO_CONFIG_MISSING',
    at: [6, 7],
    path: 'collections.books.fields.a',
    message: 'missing key "type"',
  },
  {
    story: 'a collection without fields',
    yaml: 'backo: 1\nname: a\ncollections:\n  books: { field: { a: Int } }\n',
    code: 'BACKO_CONFIG_MISSING',
    at: [4, 3],
    path: 'collections.books',
    message: 'missing key "fields"',
    hint: '"field" looks like it',
  },
  {
    story: 'mongodb without url',
    yaml: withTop('storage:\n  default: { type: mongodb }'),
    code: 'BACKO_CONFIG_MISSING',
    at: [8, 3],
    path: 'storage.default',
    message: 'missing key "url"',
  },
  {
    story: 'auth without a key',
    yaml: withTop('auth: { cookie: c }'),
    code: 'BACKO_CONFIG_MISSING',
    at: [7, 1],
    path: 'auth',
    message: 'missing key "secret"',
    hint: 'a secret, or `jwks`',
  },
  {
    story: 'two spellings of one option',
    yaml: withFields('a: { type: Int, min: 1, minimum: 2 }'),
    code: 'BACKO_CONFIG_DUPLICATE',
    at: [6, 31],
    path: 'collections.books.fields.a.minimum',
    message: '"min" and "minimum" say the same',
    hint: 'leave one out',
  },
]

const VALUES: readonly Mistake[] = [
  {
    story: 'a text for a number',
    yaml: withTop('server: { port: abc }'),
    code: 'BACKO_CONFIG_TYPE',
    at: [7, 17],
    path: 'server.port',
    message: 'expected a whole number, got a string',
  },
  {
    story: 'yes is a text in YAML 1.2',
    yaml: withFields('a: { type: Int, required: yes }'),
    code: 'BACKO_CONFIG_TYPE',
    at: [6, 33],
    path: 'collections.books.fields.a.required',
    message: 'expected true or false, got a string',
  },
  {
    story: 'a number for a field',
    yaml: withFields('a: 5'),
    code: 'BACKO_CONFIG_TYPE',
    at: [6, 10],
    path: 'collections.books.fields.a',
    message: 'expected a string or a map, got a number',
  },
  {
    story: 'a key with nothing behind it',
    yaml: withCollection('actions:'),
    code: 'BACKO_CONFIG_TYPE',
    at: [7, 5],
    path: 'collections.books.actions',
    message: 'expected a map, got nothing',
  },
  {
    story: 'a list for a right',
    yaml: withCollection('can_read: [ADMIN]'),
    code: 'BACKO_CONFIG_TYPE',
    at: [7, 5],
    path: 'collections.books.can_read',
    message: 'expected true or false, a string or a map, got a list',
  },
  {
    story: 'a number among selectors',
    yaml: withCollection('selections: { s: { selectors: [$.a, 4] } }'),
    code: 'BACKO_CONFIG_TYPE',
    at: [7, 41],
    path: 'collections.books.selections.s.selectors[1]',
    message: 'expected a string, got a number',
  },
  {
    story: 'a version that is not known',
    yaml: withTop('').replace('backo: 1', 'backo: 2'),
    code: 'BACKO_CONFIG_VALUE',
    at: [1, 8],
    path: 'backo',
    message: 'expected 1, got 2',
  },
  {
    story: 'a storage that is not known',
    yaml: withTop('storage: { default: { type: sqlit } }'),
    code: 'BACKO_CONFIG_VALUE',
    at: [7, 29],
    path: 'storage.default.type',
    message: 'expected one of sqlite, yaml, mongodb, memory, got "sqlit"',
    hint: 'did you mean "sqlite"?',
  },
  {
    story: 'a strategy cut short',
    yaml: withFields('a: { type: Ref, coll: books, ods: UNLINK }'),
    code: 'BACKO_CONFIG_VALUE',
    at: [6, 41],
    path: 'collections.books.fields.a.ods',
    message: /^expected one of MUST_BE_EMPTY/,
    hint: 'did you mean "UNLINK_REFERENCED_ITEMS"?',
  },
  {
    story: 'a way to make ids that is not known',
    yaml: withCollection('id: uuid'),
    code: 'BACKO_CONFIG_VALUE',
    at: [7, 9],
    path: 'collections.books.id',
    message: 'expected one of uuidv7, objectid, got "uuid"',
    hint: 'did you mean "uuidv7"?',
  },
  {
    story: 'an id with an empty expression',
    yaml: withCollection('id: { expr: "" }'),
    code: 'BACKO_CONFIG_VALUE',
    at: [7, 17],
    path: 'collections.books.id.expr',
    message: 'must not be empty',
  },
  {
    story: 'a size in units of ten',
    yaml: withTop('server: { body_limit: 1MB }'),
    code: 'BACKO_CONFIG_VALUE',
    at: [7, 23],
    path: 'server.body_limit',
    message: '"1MB" is not a valid size',
    hint: 'such as 10KiB, 1MiB',
  },
  {
    story: 'a duration without unit',
    yaml: withTop('server: { hook_timeout: "5" }'),
    code: 'BACKO_CONFIG_VALUE',
    at: [7, 25],
    path: 'server.hook_timeout',
    message: '"5" is not a valid duration',
    hint: 'such as 500ms, 5s, 1m, 1h, 7d',
  },
  {
    story: 'a page of nothing',
    yaml: withCollection('max_page: 0'),
    code: 'BACKO_CONFIG_VALUE',
    at: [7, 15],
    path: 'collections.books.max_page',
    message: 'must be >= 1, got 0',
  },
  {
    story: 'a port out of range',
    yaml: withTop('server:\n  port: 70000'),
    code: 'BACKO_CONFIG_VALUE',
    at: [8, 9],
    path: 'server.port',
    message: 'must be <= 65535, got 70000',
  },
  {
    story: 'a secret that is too short, and is not told',
    yaml: withTop('auth: { secret: hunter2 }'),
    code: 'BACKO_CONFIG_VALUE',
    at: [7, 17],
    path: 'auth.secret',
    message: 'too short: at least 32 characters',
  },
  {
    story: 'hook and expression at once',
    yaml: withCollection('can_read: { hook: a, expr: b }'),
    code: 'BACKO_CONFIG_VALUE',
    at: [7, 5],
    path: 'collections.books.can_read',
    message: 'only one of "hook" and "expr" can be said',
  },
  {
    story: 'no collection',
    yaml: 'backo: 1\nname: a\ncollections: {}\n',
    code: 'BACKO_CONFIG_VALUE',
    at: [3, 1],
    path: 'collections',
    message: 'must not be empty',
  },
]

const NAMES: readonly Mistake[] = [
  {
    story: 'an application with a space',
    yaml: withTop('').replace('name: app', 'name: my app'),
    code: 'BACKO_CONFIG_VALUE',
    at: [2, 7],
    path: 'name',
    message: '"my app" is not a valid name',
  },
  {
    story: 'a collection that begins with _',
    yaml: withTop('').replace('books:', '_books:'),
    code: 'BACKO_CONFIG_NAME',
    at: [4, 3],
    path: 'collections._books',
    message: '"_books" can\'t be the name of a collection',
    hint: 'a name is a letter, then letters, digits, "_" and "-"',
  },
  {
    story: 'a field with a dash',
    yaml: withFields('first-name: String'),
    code: 'BACKO_CONFIG_NAME',
    at: [6, 7],
    path: 'collections.books.fields.first-name',
    message: '"first-name" can\'t be the name of a field',
    hint: 'a name is a letter, then letters, digits and "_"',
  },
  {
    story: 'a number as field',
    yaml: withFields('12: String'),
    code: 'BACKO_CONFIG_NAME',
    at: [6, 7],
    path: 'collections.books.fields.12',
    message: '"12" can\'t be the name of a field',
  },
  ...['_id', '_meta'].map((name) => ({
    story: `the program's own field ${name}`,
    yaml: withFields(`${name}: String`),
    code: 'BACKO_CONFIG_NAME',
    at: [6, 7] as const,
    path: `collections.books.fields.${name}`,
    message: `"${name}" is added by the program`,
  })),
  ...['__proto__', 'constructor', 'prototype'].map((name) => ({
    story: `a field ${name}`,
    yaml: withFields(`${name}: String`),
    code: 'BACKO_CONFIG_NAME',
    at: [6, 7] as const,
    path: `collections.books.fields.${name}`,
    message: `"${name}" can't be the name of a field`,
  })),
  {
    story: 'a collection named constructor',
    yaml: withTop('').replace('books:', 'constructor:'),
    code: 'BACKO_CONFIG_NAME',
    at: [4, 3],
    path: 'collections.constructor',
    message: '"constructor" can\'t be the name of a collection',
  },
  {
    story: 'a type that there is already',
    yaml: withTop('types: { String: Int }'),
    code: 'BACKO_CONFIG_NAME',
    at: [7, 10],
    path: 'types.String',
    message: '"String" can\'t be the name of a type',
  },
  {
    story: 'a source that leads out of its folder',
    yaml: withCollection('source: ../users'),
    code: 'BACKO_CONFIG_VALUE',
    at: [7, 13],
    path: 'collections.books.source',
    message: '"../users" is not a valid name',
  },
]

const VARIABLES: readonly Mistake[] = [
  {
    story: 'a variable that is not set',
    yaml: withTop('auth: { secret: "x${JWT_SECRET}" }'),
    code: 'BACKO_CONFIG_VARIABLE',
    at: [7, 19],
    path: 'auth.secret',
    message: 'the environment variable JWT_SECRET is not set',
    hint: /give a default: \$\{JWT_SECRET:-\.\.\.\}/,
  },
  {
    story: 'a name that every object has',
    yaml: withTop('description: ${constructor}'),
    code: 'BACKO_CONFIG_VARIABLE',
    at: [7, 14],
    path: 'description',
    message: 'the environment variable constructor is not set',
  },
  {
    story: 'braces that are no variable',
    yaml: withTop("description: 'a ${b c} d'"),
    code: 'BACKO_CONFIG_VARIABLE',
    at: [7, 17],
    path: 'description',
    message: 'this is neither ${NAME} nor ${NAME:-default}',
    hint: 'write $${ where the text ${ is meant',
  },
  {
    story: 'braces that never close',
    yaml: withTop('description: ${A'),
    code: 'BACKO_CONFIG_VARIABLE',
    at: [7, 14],
    path: 'description',
    message: 'this is neither ${NAME} nor ${NAME:-default}',
  },
]

const all = { SYNTAX, KEYS, VALUES, NAMES, VARIABLES }
for (const [group, mistakes] of Object.entries(all))
  t.test(group.toLowerCase(), async (t) => {
    for (const { story, yaml, code, at, path, message, hint } of mistakes) {
      const { findings } = await loadConfigText(yaml, { env: {} })
      const { findings: found } = findingsToJson(findings)
      const seen = JSON.stringify(found, null, 1)
      const [first, ...others] = found.filter((finding) => finding.code === code)
      if (!first) {
        t.fail(`${story}: no ${code} in ${seen}`)
        continue
      }
      t.match(first, { severity: 'error', line: at[0], column: at[1], path, message }, story)
      t.match(first.file, /backo\.yaml$/)
      if (hint !== undefined) t.match(first.hint, hint, `${story}: hint`)
      t.equal(others.length, 0, `${story}: said once: ${seen}`)
    }
  })

t.test('a mistake says one thing', async (t) => {
  for (const { story, yaml } of [...SYNTAX, ...KEYS, ...VALUES, ...NAMES, ...VARIABLES]) {
    const { findings } = await loadConfigText(yaml, { env: {} })
    // a key misspelt is unknown, and the right one missing
    t.ok(
      findings.length === 1 || /without fields|begins with _/.test(story),
      `${story}: ${JSON.stringify(findings)}`,
    )
  }
})
