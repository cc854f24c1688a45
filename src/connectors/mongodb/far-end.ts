/**
 * Conditions that cross one reference, as a look at its far end first: `item.author.country == 'FR'` is
 * `author` among the ids of authors in France, as long as these are few. Then indexes serve at both ends.
 * Gives what has to be asked; asks nothing itself.
 */
import { compile } from '../../expression/evaluate.ts'
import { childrenOf, negate } from '../../expression/build.ts'
import { functionRow } from '../../expression/functions.ts'
import { freshNames } from '../../expression/build.ts'
import { replacePaths } from '../../expression/substitute.ts'
import type { Expr, Step, Type, Value } from '../../expression/expr.ts'
import { exactly, noneOf } from './condition.ts'
import type { Condition } from './condition.ts'
import { keysOf } from './fields.ts'
import type { Field, PathExpr } from './fields.ts'
import type { Call, Quantifier, Wanted } from './scope.ts'

/** Ids to be found before the filter is used: they are put into `into`. */
export interface Job {
  /** far items that are asked for: by a condition, or by id */
  readonly far:
    { readonly collection: string; readonly where: Expr } | { readonly ids: readonly string[] }
  /** the side at which those are linked; absent where the ids are what is looked for */
  readonly side?: string
  readonly into: string[]
}

export interface FarEndInput {
  /** the field of a Ref, or of Refs in a List */
  readonly refs: (keys: readonly string[]) => Field | undefined
  /** does that path of a collection hold one scalar? */
  readonly isScalar: (collection: string, keys: readonly string[]) => boolean
  readonly isHere: (collection: string) => boolean
  readonly farOf: (side: string) => string | undefined
  readonly jobs: Job[]
}

/** Where a path crosses its first reference. */
interface Crossing {
  readonly many: boolean
  /** absent: the path ends at the ids */
  readonly collection?: string
  readonly rest: readonly Step[]
  readonly where: { readonly field: string } | { readonly side: string }
}

export function acrossReference(
  input: FarEndInput,
  expr: Expr,
  wanted: Wanted,
): Condition | undefined {
  if (expr.kind === 'path') return ofPath(input, expr, expr, wanted)
  if (expr.kind === 'call') return ofCall(input, expr, wanted)
  return expr.kind === 'any' && wanted ? ofElements(input, expr) : undefined
}

function crossingOf(input: FarEndInput, { root, steps }: PathExpr): Crossing | undefined {
  const at = steps.findIndex((step) => step.kind !== 'key')
  const step = steps[at]
  const keys = keysOf(steps.slice(0, Math.max(at, 0)))
  if (root !== 'item' || step === undefined || keys === undefined) return undefined
  if (step.kind === 'follow') {
    const field = input.refs(keys)
    if (field === undefined || !input.isHere(step.collection)) return undefined
    const { collection } = step
    return {
      many: field.shape === 'list',
      collection,
      rest: steps.slice(at + 1),
      where: { field: field.name },
    }
  }
  if (step.kind !== 'linked') return undefined
  const where = { side: step.side }
  const next = steps[at + 1]
  if (next === undefined) return { many: step.many, rest: [], where }
  if (next.kind !== 'follow' || !input.isHere(next.collection)) return undefined
  return { many: step.many, collection: next.collection, rest: steps.slice(at + 2), where }
}

const farPath = (rest: readonly Step[], type: Type): Expr => ({
  kind: 'path',
  root: 'item',
  steps: rest,
  type,
})

/** A condition on one path, which is said of the far item instead. */
function ofPath(
  input: FarEndInput,
  path: PathExpr,
  expr: Expr,
  wanted: Wanted,
): Condition | undefined {
  const crossing = crossingOf(input, path)
  if (crossing === undefined || crossing.many || crossing.rest.length === 0) return undefined
  const far = farPath(crossing.rest, path.type)
  const said = expr === path ? far : withArgument(expr as Call, path, far)
  return asked(input, crossing, wanted ? said : negate(said))
}

const withArgument = (call: Call, path: PathExpr, far: Expr): Call => ({
  ...call,
  args: call.args.map((arg) => (arg === path ? far : arg)),
})

/** Far items first. Nothing but true counts, and that must not hold of a reference that is unset. */
function asked(input: FarEndInput, crossing: Crossing, where: Expr): Condition | undefined {
  if (crossing.collection === undefined || holdsOfNothing(where)) return undefined
  return found(input, crossing, { collection: crossing.collection, where })
}

function found(input: FarEndInput, { where }: Crossing, far: Job['far']): Condition {
  const into: string[] = []
  if ('field' in where) {
    input.jobs.push({ far, into })
    return exactly({ [where.field]: { $in: into } })
  }
  input.jobs.push({ far, side: where.side, into })
  return exactly({ _id: { $in: into } })
}

function holdsOfNothing(where: Expr): boolean {
  const nothing = { roots: {}, now: '', follow: () => undefined, linked: () => [] }
  return compile(where)(nothing) === true
}

function ofCall(input: FarEndInput, call: Call, wanted: Wanted): Condition | undefined {
  const paths = call.args.filter((arg) => arg.kind !== 'literal')
  const [path] = paths
  if (paths.length !== 1 || path?.kind !== 'path') return undefined
  const literal = call.args.find((arg) => arg.kind === 'literal')
  const value = literal?.kind === 'literal' ? literal.value : undefined
  switch (call.fn) {
    case 'eq':
    case 'ne': {
      const isEqual = (call.fn === 'eq') === wanted
      const equal: Call = { ...call, fn: value === null ? 'exists' : 'eq' }
      const one = value === null ? { ...equal, args: [path] } : equal
      const met = equalTo(input, path, value) ?? ofPath(input, path, one, true)
      if (met === undefined) return undefined
      return isEqual === (value !== null) ? met : noneOf(met)
    }
    case 'exists': {
      const met = ofPath(input, path, call, true)
      return met === undefined || wanted ? met : noneOf(met)
    }
    case 'in':
      return ofMembership(input, { call, path, value }, wanted)
    default:
      return functionRow(call.fn).strict ? ofPath(input, path, call, wanted) : undefined
  }
}

/** The id at a side of one: `item.badge_of == 'x'`. */
function equalTo(
  input: FarEndInput,
  path: PathExpr,
  value: Value | undefined,
): Condition | undefined {
  const crossing = crossingOf(input, path)
  if (crossing === undefined || crossing.many || crossing.collection !== undefined) return undefined
  return typeof value === 'string' ? found(input, crossing, { ids: [value] }) : undefined
}

interface Membership {
  readonly call: Call
  readonly path: PathExpr
  readonly value: Value | undefined
}

/** `'x' in item.teams`, `'Red' in item.teams.name`; `item.author.country in [...]` is like any other call. */
function ofMembership(
  input: FarEndInput,
  { call, path, value }: Membership,
  wanted: Wanted,
): Condition | undefined {
  if (call.args[0] === path) return ofPath(input, path, call, wanted)
  const crossing = crossingOf(input, path)
  if (crossing === undefined || !crossing.many || value === undefined) return undefined
  if (value === null || typeof value === 'object') return undefined
  if (crossing.collection === undefined) {
    if (typeof value !== 'string') return undefined
    const met = found(input, crossing, { ids: [value] })
    // the list is always there: what is not in it is known
    return wanted ? met : noneOf(met)
  }
  const keys = keysOf(crossing.rest)
  if (!wanted || keys === undefined || !input.isScalar(crossing.collection, keys)) return undefined
  const type = path.type.kind === 'list' ? path.type.items : path.type
  const literal = call.args[0]
  if (literal === undefined) return undefined
  return asked(input, crossing, {
    ...call,
    fn: 'eq',
    args: [farPath(crossing.rest, type), literal],
  })
}

/** `item.teams.exists(t, t.name == 'Red')` */
function ofElements(input: FarEndInput, { list, name, body }: Quantifier): Condition | undefined {
  if (list.kind !== 'path') return undefined
  const ends = endOf(input, list)
  if (ends === undefined || !ends.crossing.many) return undefined
  const { crossing, ids } = ends
  const only = ids ? sameIdAs(body, name) : undefined
  if (only !== undefined) return found(input, crossing, { ids: [only] })
  const said = rebased(body, name, ids)
  return said === undefined ? undefined : asked(input, crossing, said)
}

/** A list of ids (`item.teams`, `item.lines.product`), or of the items themselves. */
function endOf(
  input: FarEndInput,
  list: PathExpr,
): { readonly crossing: Crossing; readonly ids: boolean } | undefined {
  const crossing = crossingOf(input, list)
  if (crossing !== undefined) {
    if (crossing.rest.length > 0) return undefined
    if (crossing.collection !== undefined) return { crossing, ids: false }
    const side = 'side' in crossing.where ? crossing.where.side : ''
    const collection = input.farOf(side)
    if (collection === undefined || !input.isHere(collection)) return undefined
    return { crossing: { ...crossing, collection }, ids: true }
  }
  const keys = keysOf(list.steps)
  const target =
    list.type.kind === 'list' && list.type.items.kind === 'ref' ? list.type.items : null
  const field = keys && list.root === 'item' ? input.refs(keys) : undefined
  if (field?.shape !== 'list' || target === null || !input.isHere(target.collection))
    return undefined
  const { collection } = target
  return { crossing: { many: true, collection, rest: [], where: { field: field.name } }, ids: true }
}

/** `e == 'x'` */
function sameIdAs(body: Expr, name: string): string | undefined {
  if (body.kind !== 'call' || body.fn !== 'eq') return undefined
  const path = body.args.find((arg) => arg.kind === 'path')
  const literal = body.args.find((arg) => arg.kind === 'literal')
  if (path?.kind !== 'path' || path.root !== name || path.steps.length > 0) return undefined
  return literal?.kind === 'literal' && typeof literal.value === 'string'
    ? literal.value
    : undefined
}

/** The body over the far item; undefined when it says something of the near one, or of the id alone. */
function rebased(body: Expr, name: string, ids: boolean): Expr | undefined {
  const fits = (path: PathExpr, bound: ReadonlySet<string>): boolean => {
    if (bound.has(path.root)) return true
    if (path.root !== name) return false
    return !ids || path.steps[0]?.kind === 'follow'
  }
  if (!everyPath(body, new Set(), fits)) return undefined
  return replacePaths(body, freshNames('f'), (path) =>
    path.root === name
      ? { ...path, root: 'item', steps: path.steps.slice(ids ? 1 : 0) }
      : undefined,
  )
}

function everyPath(
  expr: Expr,
  bound: ReadonlySet<string>,
  fits: (path: PathExpr, bound: ReadonlySet<string>) => boolean,
): boolean {
  if (expr.kind === 'path') return fits(expr, bound)
  const inner = 'body' in expr ? new Set([...bound, expr.name]) : bound
  return childrenOf(expr).every((child) => everyPath(child, inner, fits))
}
