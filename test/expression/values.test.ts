/** The small homes of values: order, time, patterns, the table of functions. */
import t from 'tap'
import type { Value } from '../../src/expression/expr.ts'
import { FUNCTIONS, functionRow } from '../../src/expression/functions.ts'
import { compareValues, equalValues } from '../../src/expression/order.ts'
import { compilePattern } from '../../src/expression/regexp.ts'
import { parseDuration, parseTimestamp, toTimestamp } from '../../src/expression/time.ts'

t.test('order of values', async (t) => {
  const sorted: Value[] = [
    null,
    false,
    true,
    -1,
    0,
    1.5,
    2,
    '',
    'B',
    'a',
    'é',
    '\uFFFD',
    '\u{1F600}',
    [],
    [1],
    [1, 2],
    { a: 1 },
  ]
  for (const [i, a] of sorted.entries()) {
    for (const [j, b] of sorted.entries()) {
      t.equal(
        Math.sign(compareValues(a, b)),
        Math.sign(i - j),
        `${JSON.stringify(a)} and ${JSON.stringify(b)}`,
      )
    }
  }
  t.equal(compareValues('\ud800', '\u{10000}') < 0, true, 'a lone surrogate has a place')
})

t.test('equality is deep', async (t) => {
  t.ok(equalValues({ a: [1, { b: null }] }, { a: [1, { b: null }] }))
  t.notOk(equalValues({ a: 1 }, { b: 1 }))
  t.notOk(equalValues([], {}))
  t.notOk(equalValues({}, null))
  t.notOk(equalValues({ toString: 1 }, { a: 1 }))
  t.notOk(equalValues(JSON.parse('{"__proto__": 1}'), { a: 1 }))
})

t.test('timestamps', async (t) => {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['2001-01-01', '2001-01-01T00:00:00.000Z'],
    ['2001-01-01T10:20', '2001-01-01T10:20:00.000Z'],
    ['2001-01-01 10:20:30.5', '2001-01-01T10:20:30.500Z'],
    ['2001-01-01T10:20:30.123456Z', '2001-01-01T10:20:30.123Z'],
    ['2001-01-01T00:00:00+02:00', '2000-12-31T22:00:00.000Z'],
    ['2001-01-01T00:00:00-0330', '2001-01-01T03:30:00.000Z'],
    ['2000-02-29', '2000-02-29T00:00:00.000Z'],
    ['0001-01-01', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    ['9999-12-31T23:59:59.999-01:00', undefined],
    ['0000-01-01T00:00:00+01:00', undefined],
    ['2001-02-29', undefined],
    ['2001-13-01', undefined],
    ['2001-01-01T24:00', undefined],
    ['2001-01-01T10:60', undefined],
    ['2001-01-01T10:20:30+25:00', undefined],
    ['2001-1-1', undefined],
    ['2001', undefined],
    ['', undefined],
    ['x2001-01-01', undefined],
    ['2001-01-01T10:20:30.1Z; drop', undefined],
  ]
  for (const [text, expected] of rows) t.equal(parseTimestamp(text), expected, text)
  t.equal(toTimestamp(Number.NaN), undefined)
  t.equal(toTimestamp(Infinity), undefined)
  t.equal(toTimestamp(0), '1970-01-01T00:00:00.000Z')
})

t.test('durations', async (t) => {
  const rows: readonly (readonly [string, number | undefined])[] = [
    ['1h', 3_600_000],
    ['1h30m', 5_400_000],
    ['-1.5s', -1500],
    ['7d', 604_800_000],
    ['500ms', 500],
    ['0', 0],
    ['1', undefined],
    ['h', undefined],
    ['1 h', undefined],
    ['', undefined],
    [`${'9'.repeat(40)}h`, undefined],
  ]
  for (const [text, expected] of rows) t.equal(parseDuration(text), expected, text)
})

t.test('patterns', async (t) => {
  const rows: readonly (readonly [string, string, boolean, boolean])[] = [
    ['ab', 'xab', true, false],
    ['ab', 'abx', true, true],
    ['^b|a', 'ba', true, true],
    ['a|b', 'xb', true, false],
    ['(?i)AB', 'abc', true, true],
    ['\\Qa.b', 'xa.b', true, false],
    ['\\Qa.b', 'a.bx', true, true],
    ['a$', 'ba', true, false],
    ['a$', 'a\n', false, false],
    ['.', '\u{1F600}', true, true],
    ['^.$', '\u{1F600}', true, true],
    ['\\pL+', '1é', true, false],
    ['', '', true, true],
    ['a b@c', 'a b@c', true, true],
  ]
  for (const [source, text, anywhere, atStart] of rows) {
    const pattern = compilePattern(source)
    t.equal(pattern.ok && pattern.value.search(text), anywhere, `${source} in ${text}`)
    t.equal(
      pattern.ok && pattern.value.matchesStart(text),
      atStart,
      `${source} at the start of ${text}`,
    )
  }
  for (const bad of [
    '(',
    '[',
    'a**',
    '(?=a)',
    '\\1',
    'a{2000}',
    '((a{500}){500}){500}',
    'x'.repeat(3000),
    '\\',
  ]) {
    t.notOk(compilePattern(bad).ok, bad.slice(0, 20))
  }
  const slow = compilePattern('(a+)+$')
  t.equal(slow.ok && slow.value.search(`${'a'.repeat(50_000)}b`), false, 'linear time')
  for (let index = 0; index < 2000; index++) compilePattern(`a+${index}`)
  t.ok(compilePattern('a+1').ok, 'the cache is bounded and goes on')
})

t.test('no function throws, whatever it is given', async (t) => {
  const odd: Value[] = [
    null,
    true,
    -1,
    0,
    1e308,
    2 ** 53 - 1,
    '',
    'abc',
    '\ud800',
    '(',
    'x'.repeat(100),
    [],
    [null, [1]],
    {},
    { a: 1 },
  ]
  for (const row of FUNCTIONS.values()) {
    for (const a of odd) {
      for (const b of odd) {
        for (const args of [[a], [a, b], [a, b, 3], [a, b, 'x', -1]] as Value[][]) {
          let value: Value | undefined
          try {
            value = row.evaluate(...args)
          } catch (error) {
            t.fail(`${row.name}(${JSON.stringify(args)}): ${String(error)}`)
          }
          const isJson =
            value !== undefined && (typeof value !== 'number' || Number.isFinite(value))
          if (!isJson) t.fail(`${row.name}(${JSON.stringify(args)}) gives ${JSON.stringify(value)}`)
          if (
            row.strict &&
            args.includes(null) &&
            value !== null &&
            !row.volatile &&
            args.length === 1
          )
            t.fail(`${row.name}(null)`)
        }
      }
    }
  }
  t.throws(() => functionRow('nothing'), /no such function/)
})
