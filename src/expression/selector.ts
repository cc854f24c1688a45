/**
 * Selectors resolved against the model: names checked, references and derived sides passed through, what the
 * client may not read looking unset. Wildcards and descent are spread over the model's own members (and walk
 * only free content at run time), so that they can't reach what a plain selector can't.
 */
import { call, freshNames, typeOf } from './build.ts'
import { compile } from './evaluate.ts'
import type { Checked, Env, Evaluate, Expr, ExprProblem, Scope, Type, Value } from './expr.ts'
import { DYN, INT, STRING, listOf, literal } from './expr.ts'
import type { Place, Walk } from './place.ts'
import { countedList, derivedPlace, exprOf, intoElements, rootPlace, stepInto } from './place.ts'
import type { ReadPath } from './reads.ts'
import { referenceReads } from './reads.ts'
import type { Selector, SelectorStep } from './selector-text.ts'
import { parseSelector } from './selector-text.ts'
import { describeType } from './types.ts'

export type { Selector, SelectorStep } from './selector-text.ts'
export { parsePointer, parseSelector, selectorToKeys } from './selector-text.ts'

export interface ResolvedSelector {
  readonly text: string
  /** one, but for wildcards and descent */
  readonly exprs: readonly Expr[]
  readonly type: Type
  /** from the root `item`: a list where it meets a list, null where it meets nothing */
  readonly get: (env: Env) => Value
  /** references to load before `get` */
  readonly reads: readonly ReadPath[]
}

export interface SelectorOptions {
  /** default true: selectors answer clients, those of the file too */
  readonly guarded?: boolean
  /** default `item` */
  readonly root?: string
}

const MOST_PLACES = 500

export function resolveSelector(
  selector: Selector | string,
  scope: Scope,
  { guarded = true, root = 'item' }: SelectorOptions = {},
): Checked<ResolvedSelector> {
  const parsed =
    typeof selector === 'string' ? parseSelector(selector) : { ok: true as const, value: selector }
  if (!parsed.ok) return parsed
  const { text, steps } = parsed.value
  const type = scope.roots.get(root)
  const walk: Walk = { scope, fresh: freshNames(), guarded }
  const failed = (problem: ExprProblem): Checked<ResolvedSelector> => ({
    ok: false,
    problems: [{ key: text, ...problem }],
  })
  if (type === undefined) return failed({ message: `Unknown name "${root}"` })
  let places: readonly Place[] = [rootPlace(root, type)]
  for (const step of steps) {
    const next = nextPlaces(places, step, walk)
    if (!Array.isArray(next)) return failed(next as ExprProblem)
    places = next as readonly Place[]
    if (places.length > MOST_PLACES) return failed({ message: 'Selects too much' })
  }
  const spread = steps.some((step) => step.kind === 'wildcard' || step.kind === 'descent')
  return {
    ok: true,
    value: Object.freeze({ text, ...(spread ? manyOf(places, walk) : oneOf(places, walk)) }),
  }
}

type Getter = Omit<ResolvedSelector, 'text'>

function oneOf(places: readonly Place[], walk: Walk): Getter {
  const exprs = places.map((place) => exprOf(place, walk))
  const [expr = literal(null, DYN)] = exprs
  const value = compile(expr)
  // as in plain paths: what is unset, or may not be read, leaves no gap that tells of it
  const get: Evaluate = (env) => withoutNulls(value(env))
  const spreads = places.some((place) => place.levels.length > 0)
  const reads = referenceReads(exprs)
  return { exprs, type: typeOf(expr), get: spreads ? get : value, reads }
}

const withoutNulls = (value: Value): Value =>
  Array.isArray(value) ? value.filter((each) => each !== null) : value

/** The values of all places in one list, without those that are unset; null when there is none. */
function manyOf(places: readonly Place[], walk: Walk): Getter {
  const exprs = places.map((place) => exprOf(place, walk))
  const parts = places.map((place, index) => ({
    joins: place.levels.length > 0 || fromFreeContent(place.inner),
    get: compile(exprs[index] ?? literal(null, DYN)),
  }))
  const get: Evaluate = (env) => {
    const found = parts.flatMap(({ joins, get: read }) => {
      const value = read(env)
      return joins && Array.isArray(value) ? (value as Value[]) : [value]
    })
    const set = found.filter((value) => value !== null)
    return set.length === 0 ? null : set
  }
  return { exprs, type: listOf(DYN), get, reads: referenceReads(exprs) }
}

const fromFreeContent = (expr: Expr): boolean =>
  expr.kind === 'call' && (expr.fn === 'values' || expr.fn === 'descend')

function nextPlaces(
  places: readonly Place[],
  step: SelectorStep,
  walk: Walk,
): readonly Place[] | ExprProblem {
  const found: Place[] = []
  let problem: ExprProblem | undefined
  for (const place of places) {
    const next = nextOf(place, step, walk)
    if ('message' in next) problem ??= next
    else found.push(...next)
  }
  return found.length === 0 && problem !== undefined ? problem : found
}

function nextOf(place: Place, step: SelectorStep, walk: Walk): readonly Place[] | ExprProblem {
  switch (step.kind) {
    case 'name': {
      const next = stepInto(place, step.name, walk)
      return 'inner' in next ? [next] : next
    }
    case 'index':
    case 'slice':
      return elementOf(place, step, walk)
    case 'wildcard':
      return membersOf(place, walk)
    case 'descent':
      return descendants(place, step.name, walk)
    case 'append':
      return { message: '[-] has no value' }
  }
}

function elementOf(
  place: Place,
  step: Extract<SelectorStep, { kind: 'index' | 'slice' }>,
  walk: Walk,
): readonly Place[] | ExprProblem {
  const { type } = place
  const inner = countedList(place, walk)
  if (type.kind !== 'list' && type.kind !== 'dyn')
    return { message: `Not a list: ${describeType(type)}` }
  const int = (value: number): Expr => literal(value, INT)
  if (step.kind === 'index') {
    const items = type.kind === 'list' ? type.items : DYN
    return [derivedPlace(place, call('at', [inner, int(step.index)], items), walk)]
  }
  const ends = step.end === null ? [] : [int(step.end)]
  return [derivedPlace(place, call('slice', [inner, int(step.start), ...ends], type), walk)]
}

/** The elements of a list, every member of a Dict, every value of free content. */
function membersOf(place: Place, walk: Walk): readonly Place[] {
  const { type } = place
  if (type.kind === 'list') return [intoElements(place, walk)]
  if (type.kind === 'dict') return named(place, [...type.fields().keys()], walk)
  if (type.kind !== 'map' && type.kind !== 'dyn') return []
  const values = call('values', [place.inner], listOf(type.kind === 'map' ? type.values : DYN))
  return [derivedPlace(place, values, walk)]
}

/** Members that may be selected; the others (Password) are passed over. */
function named(place: Place, names: readonly string[], walk: Walk): readonly Place[] {
  const next = names.map((name) => stepInto(place, name, walk))
  return next.filter((found): found is Place => 'inner' in found)
}

/** Through Dicts and Lists of the item, not through references. */
function descendants(place: Place, name: string, walk: Walk): readonly Place[] {
  const { type } = place
  if (type.kind === 'list') return descendants(intoElements(place, walk), name, walk)
  if (type.kind === 'map' || type.kind === 'dyn') {
    return [
      derivedPlace(place, call('descend', [place.inner, literal(name, STRING)], listOf(DYN)), walk),
    ]
  }
  if (type.kind !== 'dict') return []
  return [...type.fields().keys()].flatMap((key) => {
    const found = named(place, [key], walk)
    const below = found.flatMap((member) => descendants(member, name, walk))
    return key === name || name === '*' ? [...found, ...below] : below
  })
}
