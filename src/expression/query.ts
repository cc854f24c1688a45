/**
 * Query strings (http.md "Lists") to Expr: `age.$gte=18&name=John`. The same operators as filters, with
 * operands read from text by the field's type. Keys that begin with `_` (but `_id`, `_meta`) are the caller's.
 */
import { allOf } from './build.ts'
import type { Checked, Expr, Scope } from './expr.ts'
import { FALSE, TRUE } from './expr.ts'
import type { FilterOptions, FilterRun } from './filter.ts'
import { finish, newRun, readOperator, splitKey } from './filter.ts'
import { readText } from './operand.ts'
import { walkOn } from './path.ts'
import { rootPlace } from './place.ts'

/** Operators whose operand is a list: repeated keys and commas make one. */
const LISTS = new Set(['$in', '$nin', '$all'])
const NOT_HERE = new Set(['$and', '$or', '$not'])

/** Pairs are ANDed; none is TRUE. */
export function queryToExpr(
  pairs: readonly (readonly [string, string])[],
  scope: Scope,
  options: FilterOptions = {},
): Checked<Expr> {
  const { guarded = true, root = 'item' } = options
  if (pairs.length === 0) return { ok: true, value: TRUE }
  const run = newRun(scope, readText, guarded)
  const parts: Expr[] = []
  for (const [key, operand] of gathered(pairs)) parts.push(readPair(key, operand, root, run))
  return finish(allOf(parts), run)
}

/** One entry for each key with a list operator, in the place of its first; the others as they come. */
function gathered(pairs: readonly (readonly [string, string])[]): [string, string | string[]][] {
  const entries: [string, string | string[]][] = []
  const lists = new Map<string, string[]>()
  for (const [key, text] of pairs) {
    if (!LISTS.has(splitKey(key).operator ?? '')) {
      entries.push([key, text])
      continue
    }
    const known = lists.get(key)
    const list = known ?? []
    list.push(...text.split(','))
    if (known !== undefined) continue
    lists.set(key, list)
    entries.push([key, list])
  }
  return entries
}

function readPair(key: string, operand: string | string[], root: string, run: FilterRun): Expr {
  const { names, operator = '$eq' } = splitKey(key)
  const type = run.scope.roots.get(root)
  const bad = names.length === 0 || names.includes('') || type === undefined
  const place = bad ? { message: 'Unknown field' } : walkOn(rootPlace(root, type), names, run)
  if (!('inner' in place)) {
    run.problems.push({ key, ...place })
    return FALSE
  }
  if (NOT_HERE.has(operator)) {
    run.problems.push({
      key,
      message: `${operator} has no place in a query string`,
      hint: 'Send a filter in a body',
    })
    return FALSE
  }
  return readOperator(operator, operand, { place, key: names.join('.'), depth: 1 }, run)
}
