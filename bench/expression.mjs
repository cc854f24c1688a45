/**
 * How many rules a second on one core: `node bench/expression.mjs` after a build.
 * The mark is cel-js's own evaluator: 2.7 million a second of the first rule.
 */
import { Environment } from '@marcbachmann/cel-js'
import { bind } from '../dist/src/expression/bind.js'
import { parseCel } from '../dist/src/expression/cel.js'
import { compile } from '../dist/src/expression/evaluate.js'
import { filterToExpr } from '../dist/src/expression/filter.js'
import { queryToExpr } from '../dist/src/expression/query.js'
import { SCOPE, BOOKS, env } from '../dist/test/expression/library.js'

const value = (checked) => {
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems))
  return checked.value
}

function measure(name, run) {
  for (let index = 0; index < 200_000; index++) run()
  const start = process.hrtime.bigint()
  let count = 0
  while (process.hrtime.bigint() - start < 500_000_000n)
    for (let index = 0; index < 1000; index++, count++) run()
  const seconds = Number(process.hrtime.bigint() - start) / 1e9
  process.stdout.write(`${name.padEnd(70)} ${(count / seconds / 1e6).toFixed(2)} M/s\n`)
}

const item = BOOKS.b1
const at = env(item)
const celJs = new Environment({ unlistedVariablesAreDyn: true })
const theirs = celJs.parse('"ADMIN" in current_user.roles || item.author == current_user._id')
measure('the mark: cel-js on the first rule', () => theirs(at.roots))
for (const text of [
  'current_user.has_role("ADMIN") || item.author == current_user._id',
  'item.pages > 10 && item.title.startsWith("Dock")',
  'item.copies.exists(c, c.price > 10.0)',
  'item.author.name == "Ann"',
  'item.title.matches("f[aeiou]r")',
]) {
  const evaluate = compile(value(parseCel(text, SCOPE)))
  measure(text, () => evaluate(at))
}
const rule = value(
  parseCel('current_user.has_role("ADMIN") || item.author == current_user._id', SCOPE),
)
const bindings = { roots: { current_user: at.roots.current_user }, now: at.now }
measure('bind of that rule', () => bind(rule, bindings))
const free = value(parseCel('item.pages > 3', SCOPE))
measure('bind with nothing to bind', () => bind(free, bindings))
measure('filter of two terms', () => filterToExpr({ pages: { $gte: 3 }, title: 'x' }, SCOPE))
measure('query of two terms', () =>
  queryToExpr(
    [
      ['pages.$gte', '3'],
      ['title', 'x'],
    ],
    SCOPE,
  ),
)
