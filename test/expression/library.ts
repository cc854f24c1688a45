/**
 * The small library that the tests of expressions speak of: a Scope without a model, and items to read.
 * books -> author (Ref), copies (List of Dicts), loans (derived); users -> books (derived), secret (guarded).
 */
import { isDeepStrictEqual } from 'node:util'
import { call, pathOf } from '../../src/expression/build.ts'
import type { DictValue, Env, Expr, Member, Scope, Type, Value } from '../../src/expression/expr.ts'
import {
  BOOL,
  BYTES,
  DURATION,
  DYN,
  FLOAT,
  INT,
  STRING,
  TIMESTAMP,
  listOf,
} from '../../src/expression/expr.ts'
import { compile } from '../../src/expression/evaluate.ts'
import { trace } from '../../src/expression/trace.ts'
import { parseCel } from '../../src/expression/cel.ts'

const ref = (collection: string): Type => ({ kind: 'ref', collection })
const dict = (name: string, fields: () => Record<string, Member | Type>): Type => {
  let known: ReadonlyMap<string, Member> | undefined
  return {
    kind: 'dict',
    name,
    fields: () =>
      (known ??= new Map(
        Object.entries(fields()).map(([key, member]) => [
          key,
          'kind' in member ? { type: member } : member,
        ]),
      )),
  }
}

export const BOOK: Type = dict('books', () => ({
  _id: STRING,
  title: STRING,
  pages: INT,
  price: FLOAT,
  borrowed: BOOL,
  published: TIMESTAMP,
  reading_time: DURATION,
  cover: BYTES,
  tags: listOf(STRING),
  scores: listOf(INT),
  matrix: listOf(listOf(INT)),
  free: { kind: 'map', values: DYN },
  any: DYN,
  author: ref('users'),
  dims: dict('dims', () => ({
    width: FLOAT,
    height: FLOAT,
    area: { type: FLOAT, computed: () => cel('item.dims.width * item.dims.height') },
  })),
  copies: listOf(
    dict('copies', () => ({
      code: STRING,
      price: FLOAT,
      holder: ref('users'),
      marks: listOf(STRING),
    })),
  ),
  readers: { type: listOf(ref('users')), linked: 'books.readers' },
  cheap: { type: BOOL, computed: () => cel('item.price < 10.0') },
  author_name: { type: STRING, computed: () => cel('item.author.name') },
  pin: { type: STRING, filterable: false },
}))

export const USER: Type = dict('users', () => ({
  _id: STRING,
  name: STRING,
  age: INT,
  born: TIMESTAMP,
  male: BOOL,
  boss: ref('users'),
  books: { type: listOf(ref('books')), linked: 'users.books' },
  addr: dict('addr', () => ({ city: STRING, zip: INT, country: ref('users') })),
  login_count: INT,
  salary: { type: INT, guard: () => cel('item._id == current_user._id', USER) },
  initial: { type: STRING, computed: () => cel('item.name.substring(0, 1)', USER) },
}))

export const CURRENT_USER: Type = dict('current_user', () => ({
  _id: STRING,
  login: STRING,
  roles: listOf(STRING),
  friends: listOf(ref('users')),
  company: ref('users'),
}))

const ACTION: Type = dict('action', () => ({ user_id: STRING, days: INT }))

export const SCOPE: Scope = {
  roots: new Map([
    ['item', BOOK],
    ['next', BOOK],
    ['current_user', CURRENT_USER],
    ['action', ACTION],
    ['value', STRING],
  ]),
  item: (collection) => (collection === 'users' ? USER : BOOK),
}

export const USER_SCOPE: Scope = { ...SCOPE, roots: new Map([...SCOPE.roots, ['item', USER]]) }

/** The value of an expression: by the compiled evaluator, and by the one that explains, which must agree. */
export function evaluate(expr: Expr, at: Env): Value {
  const value = compile(expr)(at)
  const explained = trace(expr, at).value
  const volatile = JSON.stringify(expr).includes('"uuid"')
  if (!volatile && !isDeepStrictEqual(value, explained))
    throw new Error(`compiled: ${JSON.stringify(value)}, explained: ${JSON.stringify(explained)}`)
  return value
}

/** Only users older than 17 may be seen. */
export const GUARDED: Scope = {
  ...SCOPE,
  itemGuard: (collection) =>
    collection === 'users'
      ? call(
          'gt',
          [
            pathOf('item', [{ kind: 'key', name: 'age' }], INT),
            { kind: 'literal', value: 17, type: INT },
          ],
          BOOL,
        )
      : null,
}

function cel(text: string, item: Type = BOOK): Expr {
  const checked = parseCel(text, { ...SCOPE, roots: new Map([...SCOPE.roots, ['item', item]]) })
  if (!checked.ok) throw new Error(`${text}: ${JSON.stringify(checked.problems)}`)
  return checked.value
}

export const USERS: Record<string, DictValue> = {
  u1: {
    _id: 'u1',
    name: 'Ann',
    age: 40,
    born: '1984-05-01T00:00:00.000Z',
    male: false,
    boss: null,
    addr: { city: 'Paris', zip: 75, country: null },
    salary: 5000,
  },
  u2: {
    _id: 'u2',
    name: 'Bob',
    age: 17,
    born: '2007-01-01T00:00:00.000Z',
    male: true,
    boss: 'u1',
    addr: { city: 'Lyon', zip: null, country: null },
    salary: 100,
  },
  u3: {
    _id: 'u3',
    name: 'Cid',
    age: null,
    born: null,
    male: null,
    boss: 'u2',
    addr: { city: null, zip: null, country: 'u1' },
    salary: null,
  },
}

export const BOOKS: Record<string, DictValue> = {
  b1: {
    _id: 'b1',
    title: 'Docker for all',
    pages: 300,
    price: 9.5,
    borrowed: true,
    published: '2020-02-29T12:00:00.000Z',
    reading_time: 3_600_000,
    cover: 'AAEC',
    tags: ['it', 'ops'],
    scores: [1, 5],
    matrix: [[1, 2], [3]],
    free: { color: 'red', deep: { n: 1 }, list: [{ x: 1 }, { x: 2 }] },
    any: 3,
    author: 'u1',
    dims: { width: 2, height: 3 },
    pin: 'secret',
    copies: [
      { code: 'a', price: 1, holder: 'u1', marks: ['x', 'y'] },
      { code: 'b', price: 20, holder: 'u2', marks: null },
    ],
  },
  b2: {
    _id: 'b2',
    title: null,
    pages: null,
    price: null,
    borrowed: null,
    published: null,
    reading_time: null,
    cover: null,
    tags: null,
    scores: null,
    matrix: null,
    free: null,
    any: null,
    author: null,
    dims: { width: null, height: null },
    copies: null,
    pin: null,
  },
  b3: {
    _id: 'b3',
    title: 'Été \u{1F600}',
    pages: 0,
    price: 0,
    borrowed: false,
    published: '1999-12-31T23:59:59.999Z',
    reading_time: 0,
    cover: '',
    tags: [],
    scores: [],
    matrix: [],
    free: {},
    any: 'text',
    author: 'u2',
    dims: { width: 0, height: 1 },
    copies: [],
    pin: '',
  },
}

const LINKS: Record<string, readonly string[]> = {
  'books.readers b1': ['u1', 'u2'],
  'books.readers b3': ['u3'],
  'users.books u1': ['b1'],
  'users.books u2': ['b3'],
}

export function env(item: DictValue, roots: Record<string, Value> = {}): Env {
  return {
    roots: {
      item,
      current_user: {
        _id: 'u1',
        login: 'ann',
        roles: ['EMPLOYEE'],
        friends: ['u2'],
        company: 'u1',
      },
      action: { user_id: 'u2', days: 3 },
      value: 'abc',
      ...roots,
    },
    now: '2024-01-01T00:00:00.000Z',
    follow: (collection, id) => (collection === 'users' ? USERS[id] : BOOKS[id]),
    linked: (side, id) => LINKS[`${side} ${id}`] ?? [],
  }
}
