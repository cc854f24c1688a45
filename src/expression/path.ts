/**
 * Names to a path: `['addr', 'city']` to the expression that reads it, with its type.
 * Used for filters, sorts and selectors, and by the model for its own paths.
 */
import { freshNames } from './build.ts'
import type { Checked, Expr, ExprProblem, Member, Scope, Type } from './expr.ts'
import type { Place, Walk } from './place.ts'
import { exprOf, rootPlace, stepInto } from './place.ts'

export interface ResolvedPath {
  readonly expr: Expr
  readonly type: Type
  /** the last member named; null in free content */
  readonly member: Member | null
  /** passes through, or ends at, a list */
  readonly many: boolean
}

/** A way longer than this goes in circles (`parent.parent...`). */
const MOST_NAMES = 32

export interface PathOptions {
  readonly root?: string
  /** replace what the client may not read by null; default false */
  readonly guarded?: boolean
}

/** Unknown names are problems whose `key` is the dotted path, with the nearest known name as hint. */
export function resolvePath(
  names: readonly string[],
  scope: Scope,
  options: PathOptions | string = {},
): Checked<ResolvedPath> {
  const { root = 'item', guarded = false } =
    typeof options === 'string' ? { root: options } : options
  const walk: Walk = { scope, fresh: freshNames(), guarded }
  const place = walkTo(names, root, walk)
  if (!('inner' in place)) return { ok: false, problems: [{ key: names.join('.'), ...place }] }
  const expr = exprOf(place, walk)
  const many = place.levels.length > 0 || place.type.kind === 'list'
  const type = 'type' in expr ? expr.type : place.type
  return { ok: true, value: { expr, type, member: place.member, many } }
}

/** The place at the end of the names, from a root of the scope. */
export function walkTo(names: readonly string[], root: string, walk: Walk): Place | ExprProblem {
  const type = walk.scope.roots.get(root)
  if (type === undefined || names.length === 0) return { message: 'Unknown field' }
  return walkOn(rootPlace(root, type), names, walk)
}

/** From a place on. */
export function walkOn(start: Place, names: readonly string[], walk: Walk): Place | ExprProblem {
  if (names.length > MOST_NAMES) return { message: `A path has at most ${MOST_NAMES} names` }
  let place = start
  for (const name of names) {
    const next = stepInto(place, name, walk)
    if (!('inner' in next)) return next
    place = next
  }
  return place
}

/** `$.addr.city`, `addr.city` to names; undefined when a name is empty. */
export function splitPath(text: string): string[] | undefined {
  const names = (text.startsWith('$.') ? text.slice(2) : text).split('.')
  return names.includes('') ? undefined : names
}
