/**
 * JSON filters (http.md "Filters") to Expr, checked against the scope. All problems are collected, each
 * with the key at fault. A path through lists holds when any element does. CEL filters are the caller's.
 */
import { allOf, freshNames, negate, oneOf, quantify } from './build.ts'
import type { Checked, Env, Expr, ExprProblem, Scope } from './expr.ts'
import { FALSE, TRUE, literal } from './expr.ts'
import { compile } from './evaluate.ts'
import type { Operator } from './filter-operators.ts'
import { OPERATORS, anyOf, unset } from './filter-operators.ts'
import { didYouMean } from './hint.ts'
import type { ReadOperand } from './operand.ts'
import { readJson } from './operand.ts'
import { walkOn } from './path.ts'
import type { Place, Walk } from './place.ts'
import { rootPlace, seenList, valueOf, valuePlace } from './place.ts'

export interface FilterOptions {
  /** what the client may not read looks unset; false for filters of the file. Default true. */
  readonly guarded?: boolean
  /** default `item` */
  readonly root?: string
}

const MOST_DEPTH = 32
const MOST_TERMS = 500
const LOGIC = new Set(['$and', '$or', '$not'])
export const OPERATOR_NAMES: readonly string[] = [...OPERATORS.keys(), ...LOGIC]

/** A filter being read. */
export interface FilterRun extends Walk {
  readonly problems: ExprProblem[]
  readonly read: ReadOperand
  terms: number
  patterns: number
}

/** A field and where it was named, for problems. */
export interface Spot {
  readonly place: Place
  /** `borrow.user`; empty at the root */
  readonly key: string
  readonly depth: number
}

export function newRun(scope: Scope, read: ReadOperand, guarded: boolean): FilterRun {
  return { scope, fresh: freshNames(), guarded, problems: [], read, terms: 0, patterns: 0 }
}

/** `{}` (and no filter) is TRUE. */
export function filterToExpr(
  filter: unknown,
  scope: Scope,
  options: FilterOptions = {},
): Checked<Expr> {
  const { guarded = true, root = 'item' } = options
  const type = scope.roots.get(root)
  if (type === undefined) return { ok: false, problems: [{ message: `Unknown name "${root}"` }] }
  const run = newRun(scope, readJson, guarded)
  const expr =
    filter === undefined
      ? TRUE
      : readObject(filter, { place: rootPlace(root, type), key: '', depth: 0 }, run)
  return finish(expr, run)
}

export function finish(expr: Expr, run: FilterRun): Checked<Expr> {
  if (run.terms > MOST_TERMS)
    run.problems.push({ message: `A filter has at most ${MOST_TERMS} conditions` })
  return run.problems.length > 0 ? { ok: false, problems: run.problems } : { ok: true, value: expr }
}

function fault(run: FilterRun, key: string, { message, hint }: ExprProblem): Expr {
  run.problems.push({ message, ...(key !== '' && { key }), ...(hint !== undefined && { hint }) })
  return FALSE
}

const joined = (a: string, b: string): string => (a === '' ? b : `${a}.${b}`)

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)

/** `{ key: ..., key: ... }`: all must hold. */
function readObject(filter: unknown, spot: Spot, run: FilterRun): Expr {
  if (!isObject(filter)) return fault(run, spot.key, { message: 'Must be a dict' })
  if (spot.depth > MOST_DEPTH)
    return fault(run, spot.key, { message: `Nested more than ${MOST_DEPTH} deep` })
  const parts: Expr[] = []
  for (const [key, value] of Object.entries(filter)) {
    if (run.terms > MOST_TERMS) break
    parts.push(readEntry(key, value, spot, run))
  }
  return allOf(parts)
}

function readEntry(key: string, value: unknown, spot: Spot, run: FilterRun): Expr {
  const { names, operator } = splitKey(key)
  const path = joined(spot.key, names.join('.'))
  const place = names.includes('') ? { message: 'Unknown field' } : walkOn(spot.place, names, run)
  if (!('inner' in place)) return fault(run, joined(spot.key, key), place)
  const at: Spot = { place, key: names.length === 0 ? spot.key : path, depth: spot.depth + 1 }
  return operator === undefined ? readField(value, at, run) : readOperator(operator, value, at, run)
}

/** `addr.city.$reg` to its names and its operator; `$.` in front is allowed. */
export function splitKey(key: string): { names: string[]; operator: string | undefined } {
  const names = (key.startsWith('$.') ? key.slice(2) : key).split('.')
  const operator = names.at(-1)?.startsWith('$') ? names.pop() : undefined
  return { names, operator }
}

/** What stands at a field: a nested object, the pair form, or the value that it equals. */
function readField(value: unknown, spot: Spot, run: FilterRun): Expr {
  if (isObject(value)) return readObject(value, spot, run)
  if (isPair(value)) return readOperator(value[0], value[1], spot, run)
  return readOperator('$eq', value, spot, run)
}

const isPair = (value: unknown): value is readonly [string, unknown] =>
  Array.isArray(value) &&
  value.length === 2 &&
  typeof value[0] === 'string' &&
  /^\$[a-z]+$/.test(value[0])

export function readOperator(operator: string, raw: unknown, spot: Spot, run: FilterRun): Expr {
  const key = joined(spot.key, operator)
  if (spot.depth > MOST_DEPTH)
    return fault(run, key, { message: `Nested more than ${MOST_DEPTH} deep` })
  const deeper: Spot = { ...spot, depth: spot.depth + 1 }
  if (operator === '$not') return negate(readField(raw, deeper, run))
  if (operator === '$and' || operator === '$or') {
    if (!Array.isArray(raw)) return fault(run, key, { message: 'Must be a list' })
    const parts = raw.slice(0, MOST_TERMS + 1).map((one: unknown) => readField(one, deeper, run))
    if (raw.length > MOST_TERMS) run.terms = MOST_TERMS + 1
    return operator === '$and' ? allOf(parts) : oneOf(parts)
  }
  // as with $contains, an object may be a condition on an element
  if (operator === '$all' && Array.isArray(raw) && raw.some(isObject)) {
    return allOf(raw.map((one: unknown) => readOperator('$contains', one, spot, run)))
  }
  const condition = OPERATORS.get(operator)
  if (condition === undefined) {
    const hint = didYouMean(operator, OPERATOR_NAMES) ?? `Known: ${OPERATOR_NAMES.join(' ')}`
    return fault(run, key, { message: 'Unknown operator', hint })
  }
  if (spot.key === '' && spot.place.levels.length === 0 && spot.place.type.kind === 'dict') {
    return fault(run, key, { message: 'Needs a field' })
  }
  run.terms += 1
  if (run.terms > MOST_TERMS) return FALSE
  if (operator === '$contains' && (isObject(raw) || isPair(raw))) {
    const nested = readContains(isObject(raw) ? raw : { [raw[0]]: raw[1] }, deeper, run)
    if (nested !== undefined) return nested
  }
  return applyOperator(condition, raw, { ...spot, key }, run)
}

function applyOperator(condition: Operator, raw: unknown, spot: Spot, run: FilterRun): Expr {
  const { place } = spot
  const { type, member } = place
  const held = condition({ value: valueOf(place, run), type, member }, raw, run)
  if ('error' in held) {
    const key = spot.key.replace(/\.\$eq$/, '')
    const { error: message, hint } = held
    return fault(run, key, { message, ...(hint !== undefined && { hint }) })
  }
  if (place.levels.length === 0) return held
  const ofUnset = condition({ value: literal(null, type), type, member }, raw, run)
  return throughLevels(place, held, run, 'kind' in ofUnset && compile(ofUnset)(NO_ENV) === true)
}

/** Asked of a condition on null, which names nothing. */
const NO_ENV: Env = { roots: {}, now: '', follow: () => undefined, linked: () => [] }

/** `ofUnset`: the condition is true of what is unset, so a list that is unset fulfils it too. */
function throughLevels(place: Place, condition: Expr, walk: Walk, ofUnset: boolean): Expr {
  const [outermost] = place.levels
  if (outermost === undefined) return condition
  const held = place.levels.reduceRight(
    (body, { list, name, only }) =>
      quantify('any', list, name, only === null ? body : allOf([only, body])),
    condition,
  )
  const list = ofUnset ? seenList(outermost, walk) : outermost.list
  return ofUnset && 'type' in list ? oneOf([unset(list, list.type), held]) : held
}

/** `$contains` with conditions: all of them on the same element. Undefined when the object is a value (free content). */
function readContains(
  raw: Readonly<Record<string, unknown>>,
  spot: Spot,
  run: FilterRun,
): Expr | undefined {
  const { place } = spot
  if (place.type.kind !== 'list') return undefined
  const { items } = place.type
  const isCondition = Object.keys(raw).some((key) => key.startsWith('$'))
  if (!isCondition && items.kind !== 'dict' && items.kind !== 'ref') return undefined
  const body = (value: Expr): Expr => {
    const element: Place = {
      ...valuePlace(value, place.origin),
      member: place.member?.items ?? null,
    }
    return readObject(raw, { ...spot, place: element }, run)
  }
  return throughLevels(place, anyOf(valueOf(place, run), items, body, run.fresh), run, false)
}
