/** Sort keys (`-age`, `borrow.return_date`) to expressions, checked against the scope. */
import { freshNames } from './build.ts'
import type { Checked, ExprProblem, Scope, SortKey, Type } from './expr.ts'
import { splitPath, walkTo } from './path.ts'
import type { Walk } from './place.ts'
import { exprOf } from './place.ts'
import { describeType } from './types.ts'

const UNSORTABLE = new Set<Type['kind']>(['list', 'dict', 'map', 'null'])
const MOST_KEYS = 16

export interface SortOptions {
  /** what the client may not read sorts as unset; false for sorts of the file. Default true. */
  readonly guarded?: boolean
}

/** `-` in front: descending; `+`: ascending, as without. A path through a list, a Dict or a field that may not be named is a problem. */
export function sortToKeys(
  keys: readonly string[],
  scope: Scope,
  { guarded = true }: SortOptions = {},
): Checked<readonly SortKey[]> {
  const problems: ExprProblem[] = []
  const found: SortKey[] = []
  if (keys.length > MOST_KEYS) problems.push({ message: `At most ${MOST_KEYS} sort keys` })
  for (const key of keys.slice(0, MOST_KEYS)) {
    const sortKey = readKey(key, { scope, fresh: freshNames(), guarded })
    if ('message' in sortKey) problems.push({ ...sortKey, key })
    else found.push(sortKey)
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: found }
}

function readKey(key: string, walk: Walk): SortKey | ExprProblem {
  const descending = key.startsWith('-')
  const names = splitPath(descending || key.startsWith('+') ? key.slice(1) : key)
  if (names === undefined) return { message: 'Unknown field' }
  const place = walkTo(names, 'item', walk)
  if (!('inner' in place)) return place
  if (place.levels.length > 0)
    return { message: "Can't be sorted by: the path passes through a list" }
  if (UNSORTABLE.has(place.type.kind))
    return { message: `Can't be sorted by: it is ${describeType(place.type)}` }
  return { expr: exprOf(place, walk), descending }
}
