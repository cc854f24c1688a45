/** Selectors, sort keys and paths: resolved against the library, read from its books. */
import t from 'tap'
import type { Value } from '../../src/expression/expr.ts'
import { resolvePath } from '../../src/expression/path.ts'
import {
  parsePointer,
  parseSelector,
  resolveSelector,
  selectorToKeys,
} from '../../src/expression/selector.ts'
import { sortToKeys } from '../../src/expression/sort.ts'
import { BOOKS, GUARDED, SCOPE, USERS, USER_SCOPE, env, evaluate } from './library.ts'

function select(text: string, book = 'b1', scope = SCOPE): Value | string {
  const resolved = resolveSelector(text, scope)
  if (!resolved.ok) return `problem: ${resolved.problems[0]?.message}`
  return resolved.value.get(env((scope === USER_SCOPE ? USERS : BOOKS)[book] ?? {}))
}

/** selector, on b1 (full), on b2 (unset) */
const ROWS: readonly (readonly [string, Value, Value])[] = [
  ['$.title', 'Docker for all', null],
  ['title', 'Docker for all', null],
  ["$['title']", 'Docker for all', null],
  ['$.author', 'u1', null],
  ['$.author.addr.city', 'Paris', null],
  ['$.author.boss.name', null, null],
  ['$.tags', ['it', 'ops'], null],
  ['$.tags[0]', 'it', null],
  ['$.tags[-1]', 'ops', null],
  ['$.tags[9]', null, null],
  ['$.tags[0:1]', ['it'], null],
  ['$.tags[:1]', ['it'], null],
  ['$.tags[1:]', ['ops'], null],
  ['$.tags[-1:]', ['ops'], null],
  ['$.tags[*]', ['it', 'ops'], null],
  ['$.copies.price', [1, 20], null],
  ['$.copies[*].price', [1, 20], null],
  ['$.copies[0].price', 1, null],
  ['$.copies[0:1].price', [1], null],
  ['$.copies[-1].holder.name', 'Bob', null],
  ['$.copies.holder.name', ['Ann', 'Bob'], null],
  ['$.copies.marks', ['x', 'y'], null],
  ['$.readers', ['u1', 'u2'], []],
  ['$.readers[1].name', 'Bob', null],
  ['$.readers.name', ['Ann', 'Bob'], []],
  ['$.matrix[0][1]', 2, null],
  ['$.free.deep.n', 1, null],
  ['$.free.list[1].x', 2, null],
  ['$.free.*', ['red', { n: 1 }, [{ x: 1 }, { x: 2 }]], null],
  ['$.free..x', [1, 2], null],
  ['$.copies..price', [1, 20], null],
  ['$..width', [2], null],
  ['$..code', ['a', 'b'], null],
  ['$.dims.*', [2, 3, 6], null],
  ['$.dims', { width: 2, height: 3, area: 6 }, { width: null, height: null, area: null }],
  ['$.author_name', 'Ann', null],
]

t.test('selectors', async (t) => {
  for (const [text, ofFull, ofUnset] of ROWS) {
    t.same(select(text), ofFull, text)
    t.same(select(text, 'b2'), ofUnset, `${text} where nothing is set`)
  }
})

t.test('selectors that are none', async (t) => {
  const rows: readonly (readonly [string, RegExp])[] = [
    ['$.titel', /Unknown field/],
    ['$.title.x', /Unknown field/],
    ['$.title[0]', /Not a list/],
    ['$.tags[-]', /no value/],
    ['$.pin', /may not/],
    ['$.', /Not a selector/],
    ['', /Not a selector/],
    ['$..', /Not a selector/],
    ['$.a[', /Not a selector/],
    ['$.copies[?(@.price > 1)]', /Not a selector/],
    ['$.copies[(process.exit())]', /Not a selector/],
    ['$.__proto__', /Unknown field/],
    ['$.free.__proto__', /Unknown field/],
    ['$["constructor"]', /Unknown field/],
    [`$${'.boss'.repeat(40)}`, /at most/],
    [`$.${'a'.repeat(2000)}`, /at most/],
  ]
  for (const [text, message] of rows) t.match(select(text), message, text.slice(0, 40))
  t.match(resolveSelector('$.titel', SCOPE), {
    problems: [{ key: '$.titel', hint: 'Did you mean "title"?' }],
  })
})

t.test('what may not be read is not selected', async (t) => {
  t.same(select('$..pin'), null, 'a password is passed over')
  t.notMatch(JSON.stringify(select('$.*')), /secret/)
  t.notMatch(JSON.stringify(select('$..*')), /secret/)
  t.notMatch(JSON.stringify(select('$')), /secret/)
  t.same(select('$.salary', 'u1', USER_SCOPE), 5000)
  t.same(select('$.salary', 'u2', USER_SCOPE), null)
  t.same(select('$.boss.salary', 'u2', USER_SCOPE), 5000)
  t.notMatch(JSON.stringify(select('$', 'u2', USER_SCOPE)), /salary":100/)
  t.same(select('$.author', 'b3', GUARDED), null)
  t.same(select('$.author.name', 'b3', GUARDED), null)
  t.same(select('$.readers', 'b1', GUARDED), ['u1'])
  t.same(select('$.readers[1]', 'b1', GUARDED), null)
  t.same(select('$.copies', 'b1', GUARDED), [
    { code: 'a', price: 1, holder: 'u1', marks: ['x', 'y'] },
    { code: 'b', price: 20, holder: null, marks: null },
  ])
})

t.test('references that a selector needs', async (t) => {
  const resolved = resolveSelector('$.copies[0].holder.boss.name', SCOPE)
  const path = resolved.ok
    ? resolved.value.reads.map(({ steps }) => steps.map((step) => step.kind).join(' '))
    : []
  t.same(path, ['key key follow key follow'])
})

t.test('paths of patches', async (t) => {
  t.same(selectorToKeys('$.a.list[-]'), { ok: true, value: ['a', 'list', '-'] })
  t.same(selectorToKeys('$.list[0].x'), { ok: true, value: ['list', '0', 'x'] })
  t.same(selectorToKeys('$.list[-1]'), { ok: true, value: ['list', '-1'] })
  t.same(selectorToKeys('$'), { ok: true, value: [] })
  t.notOk(selectorToKeys('$.list[*]').ok)
  t.notOk(selectorToKeys('$..x').ok)
  t.same(parsePointer('/a/b~1c/~0/0'), { ok: true, value: ['a', 'b/c', '~', '0'] })
  t.same(parsePointer(''), { ok: true, value: [] })
  t.same(parsePointer('/'), { ok: true, value: [''] })
  t.notOk(parsePointer('a/b').ok)
  t.notOk(parsePointer('/a~2').ok)
  t.same(parseSelector('$.a[1:]').ok, true)
})

t.test('sort keys', async (t) => {
  const keys = sortToKeys(['-pages', '$.author.name', 'author_name', '_id'], SCOPE)
  t.same(keys.ok && keys.value.map(({ descending }) => descending), [true, false, false, false])
  const [first] = keys.ok ? keys.value : []
  t.equal(first && evaluate(first.expr, env(BOOKS['b1'] ?? {})), 300)
  const rows: readonly (readonly [string, RegExp])[] = [
    ['pags', /Unknown field/],
    ['-', /Unknown field/],
    ['', /Unknown field/],
    ['--pages', /Unknown field/],
    ['tags', /it is a list/],
    ['copies.price', /through a list/],
    ['dims', /it is a dict/],
    ['free', /it is a dict/],
    ['pin', /may not/],
    ['__proto__', /Unknown field/],
  ]
  for (const [key, message] of rows) {
    const checked = sortToKeys([key], SCOPE)
    t.match(checked.ok ? '' : checked.problems[0]?.message, message, key)
    t.equal(checked.ok ? '' : checked.problems[0]?.key, key)
  }
  t.notOk(
    sortToKeys(
      Array.from({ length: 20 }, () => 'pages'),
      SCOPE,
    ).ok,
  )
})

t.test('paths', async (t) => {
  const path = resolvePath(['copies', 'holder', 'name'], SCOPE)
  t.match(path, {
    ok: true,
    value: { many: true, expr: { kind: 'path', root: 'item' }, type: { kind: 'list' } },
  })
  t.match(resolvePath(['author', 'name'], SCOPE), {
    ok: true,
    value: { many: false, type: { kind: 'string' } },
  })
  t.match(resolvePath(['author', '0'], SCOPE), {
    ok: false,
    problems: [{ message: 'Unknown field', key: 'author.0' }],
  })
  t.match(resolvePath(['title'], SCOPE, 'next'), { ok: true, value: { expr: { root: 'next' } } })
  t.notOk(resolvePath([], SCOPE).ok)
})
