/** CEL from text to value: a row an expression. Three-valued, every field may be unset. */
import t from 'tap'
import { parseCel } from '../../src/expression/cel.ts'
import type { Value } from '../../src/expression/expr.ts'
import { BOOL, STRING, TIMESTAMP } from '../../src/expression/expr.ts'
import { BOOKS, SCOPE, env, evaluate } from './library.ts'

function run(text: string, book = 'b1'): Value {
  const checked = parseCel(text, SCOPE)
  if (!checked.ok) throw new Error(`${text}: ${JSON.stringify(checked.problems)}`)
  return evaluate(checked.value, env(BOOKS[book] ?? {}))
}

/** expression, value on b1 (everything set), value on b2 (nothing set) */
const ROWS: readonly (readonly [string, Value, Value?])[] = [
  ['item.pages == 300', true, false],
  ['item.pages == null', false, true],
  ['item.pages != 1', true, true],
  ['item.pages > 10', true, null],
  ['!(item.pages > 10)', false, null],
  ['item.pages > 10 || true', true, true],
  ['item.pages > 10 && false', false, false],
  ['item.pages > 10 || false', true, null],
  ['item.pages > 10 ? "long" : "short"', 'long', null],
  ['item.pages / 7', 42, null],
  ['item.pages % 7', 6, null],
  ['-item.pages', -300, null],
  ['item.pages / 0', null, null],
  ['item.pages * 9007199254740991', null, null],
  ['item.price * 2.0', 19, null],
  ['item.price + 1', 10.5, null],
  ['item.pages == 300.0', true, false],
  ['item.title.size()', 14, null],
  ['size(item.tags)', 2, null],
  ['item.title.contains("Docker")', true, null],
  ['item.title.startsWith("Dock") && item.title.endsWith("all")', true, null],
  ['item.title.matches("f.r")', true, null],
  ['item.title.lowerAscii()', 'docker for all', null],
  ['item.title.upperAscii()', 'DOCKER FOR ALL', null],
  ['item.title + "!"', 'Docker for all!', null],
  ['item.title.split(" ")', ['Docker', 'for', 'all'], null],
  ['item.title.split(" ", 2)', ['Docker', 'for all'], null],
  ['item.title.replace("o", "0", 1)', 'D0cker for all', null],
  ['item.title.substring(7)', 'for all', null],
  ['item.title.substring(7, 10)', 'for', null],
  ['item.title.substring(7, 100)', null, null],
  ['item.title.indexOf("for")', 7, null],
  ['item.title.lastIndexOf("l")', 13, null],
  ['item.title.charAt(0)', 'D', null],
  ['item.title.reverse()', 'lla rof rekcoD', null],
  ['item.tags.join("-")', 'it-ops', null],
  ['" a ".trim()', 'a'],
  ['"%s has %d, %.2f".format(["it", 3, 1.5])', 'it has 3, 1.50'],
  ['"it" in item.tags', true, null],
  ['item.title in ["a", "b"]', false, null],
  ['"color" in item.free', true, null],
  ['"__proto__" in item.free', false, null],
  ['item.free.color == "red"', true, false],
  ['item.free["color"]', 'red', null],
  ['item.free.deep.n + 1', 2, null],
  ['item.free.nothing.at.all', null, null],
  ['item.free.list[1].x', 2, null],
  ['item.any + 1', 4, null],
  ['item.tags[0]', 'it', null],
  ['item.tags[7]', null, null],
  ['item.tags[-1]', null, null],
  ['item.matrix[0][1]', 2, null],
  ['item.tags + ["x"]', ['it', 'ops', 'x'], null],
  ['item.tags == ["it", "ops"]', true, false],
  ['item.scores.exists(s, s > 4)', true, null],
  ['item.scores.all(s, s > 4)', false, null],
  ['item.scores.exists_one(s, s > 4)', true, null],
  ['item.scores.map(s, s * 2)', [2, 10], null],
  ['item.scores.filter(s, s > 4)', [5], null],
  ['item.scores.map(s, s > 4, s * 2)', [10], null],
  ['[1, null].exists(x, x > 0)', true],
  ['[null, 1].all(x, x > 0)', null],
  ['[].exists(x, x == 1)', false],
  ['[].all(x, x == 1)', true],
  ['[[1, 2], [3]].map(x, x.map(y, y + 1))', [[2, 3], [4]]],
  ['item.scores.exists(s, item.scores.exists(r, r > s))', true, null],
  ['[3, 1, 2].sort()', [1, 2, 3]],
  ['[1, 1, 2].distinct()', [1, 2]],
  ['[[1], [2]].flatten()', [1, 2]],
  ['[1, 2, 3].slice(1, 3)', [2, 3]],
  ['item.copies.price', [1, 20], null],
  ['item.copies.marks', ['x', 'y'], null],
  ['item.copies.exists(c, c.price > 10.0 && c.code == "b")', true, null],
  ['item.copies[0].code', 'a', null],
  ['item.author.name', 'Ann', null],
  ['item.author.addr.city == "Paris"', true, false],
  ['item.author.boss.name', null, null],
  ['item.copies.holder.name', ['Ann', 'Bob'], null],
  ['item.copies[1].holder.name', 'Bob', null],
  ['item.copies[1].holder.initial', 'B', null],
  ['item.copies.exists(c, c.holder.name == "Bob")', true, null],
  ['item.readers', ['u1', 'u2'], []],
  ['item.readers.name', ['Ann', 'Bob'], []],
  ['item.readers.exists(r, r.age < 18)', true, false],
  ['item.author.books.title', ['Docker for all'], null],
  ['item.author.initial', 'A', null],
  ['item.readers.initial', ['A', 'B'], []],
  ['item.readers.exists(r, r.initial == "B")', true, false],
  ['item.dims.area', 6, null],
  ['item.cheap', true, null],
  ['item.author_name', 'Ann', null],
  ['(item.borrowed ? item.author : null).name', 'Ann', null],
  ['has(item.title)', true, false],
  ['has(item.author.addr.city)', true, false],
  ['!has(item.free.zzz)', true, true],
  ['current_user.has_role("EMPLOYEE")', true],
  ['current_user.has_role(["ADMIN", "EMPLOYEE"])', true],
  ['current_user.has_role("ADMIN") || item.author == current_user._id', true, false],
  ['current_user.has_role(item.tags)', false, null],
  ['current_user.has_role([])', false],
  ['current_user.company.name', 'Ann'],
  ['now()', '2024-01-01T00:00:00.000Z'],
  ['now() - duration("1h")', '2023-12-31T23:00:00.000Z'],
  ['now() > item.published', true, null],
  ['item.published > "2020-01-01"', true, null],
  ['"2020-02-29T12:00:00Z" == item.published', true, false],
  ['item.published in ["2020-02-29T12:00:00+00:00"]', true, null],
  ['item.published.getFullYear()', 2020, null],
  ['item.published.getMonth()', 1, null],
  ['item.published.getDate()', 29, null],
  ['item.published.getDayOfMonth()', 28, null],
  ['item.published.getDayOfYear()', 59, null],
  ['item.published.getDayOfWeek()', 6, null],
  ['item.published.getHours("Europe/Paris")', 13, null],
  ['item.published.getHours("-05:00")', 7, null],
  ['item.published + duration("24h") > timestamp("2020-03-01T00:00:00Z")', true, null],
  ['(now() - item.published) > duration("1h")', true, null],
  ['item.reading_time == duration("60m")', true, false],
  ['item.reading_time.getMinutes()', 60, null],
  ['int("12") + 1', 13],
  ['int(item.price)', 9, null],
  ['int(timestamp("1970-01-01T00:01:00Z"))', 60],
  ['double("1.5")', 1.5],
  ['double(item.pages)', 300, null],
  ['string(item.pages) + "p"', '300p', null],
  ['string(b"abc")', 'abc'],
  ['string(duration("90s"))', '90s'],
  ['size(item.cover)', 3, null],
  ['bool("true")', true],
  ['type(item.pages) == int', true, false],
  ['type(item.any) == int', true, false],
  ['dyn(item.pages) == "x"', false, false],
  ['math.greatest(1, item.pages, 7)', 300, null],
  ['math.least([3, 1])', 1],
  ['math.ceil(item.price)', 10, null],
  ['math.round(2.5) == 3.0', true],
  ['{"a": item.pages}', { a: 300 }, { a: null }],
  ['{"a": 1}.a', 1],
  ['"\u{1F600}a".size()', 2],
  ['"\u{1F600}a".substring(1)', 'a'],
  ['"\u{1F600}" > "\uFFFD"', true],
  ['value.trim() + action.user_id', 'abcu2'],
  ['item.pages == 300 && item.borrowed && item.cheap && !false', true, false],
  ['0x10 + 1', 17],
  ['3u + 1u == 4u', true],
]

t.test('value of an expression', async (t) => {
  for (const [text, ofFull, ofEmpty] of ROWS) {
    t.same(run(text, 'b1'), ofFull, text)
    if (ofEmpty !== undefined) t.same(run(text, 'b2'), ofEmpty, `${text} where nothing is set`)
  }
})

/** text, part of the message, part of the hint, the text that the range covers */
const FAULTS: readonly (readonly [string, RegExp, RegExp?, string?])[] = [
  ['item.titel', /Unknown field "titel"/, /"title"/, 'titel'],
  ['item.author.nam == "x"', /Unknown field "nam"/, /"name"/, 'nam'],
  ['itm.title', /Unknown name "itm"/, /"item"/, 'itm'],
  ['item.title.size() > "a"', /> can't compare an int with a string/],
  ['item.pages == "12"', /== can't compare an int with a string/, /int\(\)/],
  ['item.published > "yesterday"', /compare a datetime with a string/, /timestamp/],
  ['item.copies.price == 3.0', /compare a list of floats with a float/, /exists/],
  ['item.readers == current_user._id', /list of reference to users/, /in list/],
  ['item.pages + item.title', /\+ can't be used on an int and a string/, /string\(\)/],
  ['item.title && true', /&& needs a bool, not a string/, /has/, 'item.title'],
  ['!item.pages', /! needs a bool/],
  ['item.title ? 1 : 2', /needs a bool/],
  ['item.borrowed ? 1 : "a"', /both must be of one kind/],
  ['item.title.sartsWith("a")', /Unknown function "sartsWith"/, /startsWith/],
  ['item.pages.startsWith("a")', /can't take an int/, /string\.startsWith/],
  ['item.tags.contains("a")', /contains can't take/, /in list/],
  ['"a" in item.title', /in needs a list/, /contains/],
  ['1 in item.tags', /never in a list of strings/],
  ['item.title.matches("(a")', /Not a valid pattern/, /RE2/],
  ['timestamp("2001-02-30")', /has no result/],
  ['duration("soon")', /has no result/],
  ['1 / 0', /has no result/],
  ['now().getHours("Mars/Base")', /Unknown time zone/],
  ['item.pin == "1"', /"pin" may not be used/],
  ['item.title.x', /Unknown field "x"/, /a string has no field/],
  ['item.__proto__', /Unknown field/],
  ['item.free.__proto__', /Unknown field/],
  ['item.free.constructor', /Unknown field/],
  ['item.tags.exists(x)', /takes a name/],
  ['item.tags.exists(1, true)', /needs a name|iteration variable/],
  ['item.title.exists(x, true)', /needs a list/],
  ['item.tags.exists(x, x + "a")', /exists needs a bool/],
  ['has(3)', /has\(\)/],
  ['current_user.has_role(1)', /A role is a string/],
  ['current_user.has_role()', /takes a role/],
  ['current_user.has_rol("A")', /Unknown function/, /has_role/],
  ['item.?title', /./],
  ['9007199254740993', /2\^53/],
  ['99999999999999999999999', /2\^53/],
  ['1e309 > 1.0', /Invalid number/],
  ['item.', /./],
  ['', /empty/],
  ['   ', /empty/],
  ['item.pages = 3', /Unexpected character/, /==/],
  ['item.borrowed and true', /./, /&&/],
  ['{1: 2}', /key must be a text/],
  ['{"__proto__": 2}', /key must be a text/],
  ['item.tags["a"]', /no element/],
  ['var', /Reserved/],
]

t.test('faults have a message, a range and a hint', async (t) => {
  for (const [text, message, hint, covered] of FAULTS) {
    const checked = parseCel(text, SCOPE)
    if (checked.ok) {
      t.fail(`${text} is accepted`)
      continue
    }
    const [problem] = checked.problems
    t.match(problem?.message, message, text)
    if (hint !== undefined) t.match(problem?.hint, hint, `hint of ${text}`)
    const { start = -1, end = -1 } = problem?.range ?? {}
    t.ok(start >= 0 && end >= start && end <= text.length, `range of ${text}: ${start}-${end}`)
    if (covered !== undefined) t.equal(text.slice(start, end), covered)
  }
})

t.test('all problems are told at once', async (t) => {
  const checked = parseCel('item.titel == 1 && item.pags > 2 || item.pages', SCOPE)
  t.equal(checked.ok ? 0 : checked.problems.length, 3)
})

t.test('the type that is asked for', async (t) => {
  t.notOk(parseCel('item.title', SCOPE, BOOL).ok, 'a string is no bool')
  t.ok(parseCel('item.any', SCOPE, BOOL).ok, 'dyn may be')
  t.ok(parseCel('null', SCOPE, BOOL).ok)
  t.ok(parseCel('item.author', SCOPE, STRING).ok, 'a reference is a string')
  const date = parseCel('"2001-01-01"', SCOPE, TIMESTAMP)
  t.same(date.ok && date.value.kind === 'literal' && date.value.value, '2001-01-01T00:00:00.000Z')
})

t.test('hostile texts end in a problem', async (t) => {
  const texts = [
    '('.repeat(5000),
    '!'.repeat(19_000) + 'true',
    '-'.repeat(19_000) + '1',
    '1' + '+1'.repeat(9000),
    'item' + '.author.boss'.repeat(1500),
    'item' + '["a"]'.repeat(2000),
    'a'.repeat(30_000),
    '\ud800',
    '"\ud800" == item.title',
    '[' + '1,'.repeat(5000) + ']',
    'item.x\u0000',
  ]
  for (const text of texts) {
    t.doesNotThrow(() => parseCel(text, SCOPE), text.slice(0, 20))
  }
  const long = parseCel('item.borrowed' + ' || item.borrowed'.repeat(1000), SCOPE)
  t.ok(long.ok, 'long chains are fine')
  if (long.ok) t.equal(evaluate(long.value, env(BOOKS['b3'] ?? {})), false)
})
