/**
 * A place in an item, reached name by name from a root: `item` . `borrow` . `user` . `login`.
 * Every path of CEL, filters, sorts and selectors is walked here, so references, derived sides, computed
 * members and (in guarded walks) what the client may not read are dealt with once.
 * Knows the model only as Type, Member and Scope.
 */
import { didYouMean } from './hint.ts'
import type { Fresh } from './build.ts'
import { allOf, call, choose, dictExpr, isTrue, pathOf, transformList, typeOf } from './build.ts'
import type { Expr, ExprProblem, Member, Scope, Step, Type } from './expr.ts'
import { DYN, literal, listOf } from './expr.ts'
import type { Target } from './substitute.ts'
import { replacePaths, stepsOn, substitute } from './substitute.ts'
import { describeType } from './types.ts'

/** A list that the walk has passed through; `name` stands for its elements. */
export interface Level {
  readonly list: Expr
  readonly name: string
  /** over `name`: the elements which a client may see; to it the others are not in the list */
  readonly only: Expr | null
}

export interface Place {
  /** the lists passed through, outermost first; each may name those before it */
  readonly levels: readonly Level[]
  /** the value in an element of the innermost level, or from the root; without its conditions */
  readonly inner: Expr
  /** type of `inner` */
  readonly type: Type
  /** the item in which the place is: what `item` means in its guards and computed members */
  readonly origin: Expr | null
  /** what must be true for a client to see `inner` (guarded walks only) */
  readonly conditions: readonly Expr[]
  /** the whole way as one path, as long as it is nothing but steps */
  readonly plain: Target | null
  readonly member: Member | null
}

export interface Walk {
  readonly scope: Scope
  readonly fresh: Fresh
  /** for clients: what may not be read looks unset. Texts of the file are not guarded. */
  readonly guarded: boolean
}

/** The place where a root stands: `item`, or a name bound by a quantifier. */
export function rootPlace(root: string, type: Type, origin?: Expr | null): Place {
  const inner = pathOf(root, [], type)
  const plain = { root, steps: [] }
  return {
    levels: [],
    inner,
    type,
    origin: origin === undefined ? inner : origin,
    conditions: [],
    plain,
    member: null,
  }
}

/** The place of any value: `(a ? b : c)`, from which `.name` goes on. */
export function valuePlace(inner: Expr, origin: Expr | null = null): Place {
  const plain = inner.kind === 'path' ? { root: inner.root, steps: inner.steps } : null
  return { levels: [], inner, type: typeOf(inner), origin, conditions: [], plain, member: null }
}

const NEVER_FIELDS = new Set(['__proto__', 'constructor', 'prototype'])

/** One name further, through lists and references; or why there is no such place. */
export function stepInto(start: Place, name: string, walk: Walk): Place | ExprProblem {
  let place = start
  while (place.type.kind === 'list') place = intoElements(place, walk)
  if (place.type.kind === 'ref') place = follow(place, place.type.collection, walk)
  const { type } = place
  if (NEVER_FIELDS.has(name)) return { message: 'Unknown field' }
  switch (type.kind) {
    case 'dict':
      return intoMember(place, type.fields(), name, walk)
    case 'map':
      return onward(place, { kind: 'key', name }, type.values, walk)
    case 'dyn':
      return onward(place, { kind: 'key', name }, DYN, walk)
    case 'bool':
    case 'bytes':
    case 'duration':
    case 'float':
    case 'int':
    case 'list':
    case 'null':
    case 'ref':
    case 'string':
    case 'timestamp':
      return { message: 'Unknown field', hint: `${describeType(type)} has no field "${name}"` }
  }
}

/** Into the elements of a list: a new level. */
export function intoElements(place: Place, walk: Walk): Place {
  const items = place.type.kind === 'list' ? place.type.items : DYN
  const name = walk.fresh()
  const inner = pathOf(name, [], items)
  const only = itemGuard(items, inner, walk)
  return {
    ...place,
    levels: [...place.levels, { list: conditional(place), name, only }],
    inner,
    type: items,
    conditions: [],
    plain: only === null ? place.plain : null,
    member: place.member?.items ?? null,
  }
}

/** The list of a level, less what a client may not see. */
export function seenList({ list, name, only }: Level, { fresh }: Walk): Expr {
  if (only === null) return list
  const each = fresh()
  const type = typeOf(list)
  const element = pathOf(each, [], type.kind === 'list' ? type.items : DYN)
  const body = substitute(only, name, element, fresh)
  return transformList('filter', list, { name: each, body }, type)
}

/** A list of references as a client counts it: without those that it may not see. */
export const countedList = (place: Place, walk: Walk): Expr =>
  place.type.kind === 'list' && place.type.items.kind === 'ref'
    ? readable(place.inner, place.type, place, walk)
    : place.inner

/** What a function gives of a place (an element, a slice): the walk goes on from there. */
export function derivedPlace(place: Place, inner: Expr, walk: Walk): Place {
  const member =
    place.type.kind === 'list' && typeOf(inner).kind !== 'list'
      ? (place.member?.items ?? null)
      : place.member
  return arrived({ ...place, inner, type: typeOf(inner), plain: null, member }, walk)
}

function follow(place: Place, collection: string, walk: Walk): Place {
  const step: Step = { kind: 'follow', collection, one: true }
  const next = append(place, step, walk.scope.item(collection), walk)
  const { inner } = place
  const isElement = inner.kind === 'path' && inner.steps.length === 0
  const whole: Step = isElement ? { kind: 'follow', collection } : step
  const plain = place.plain && { ...place.plain, steps: [...place.plain.steps, whole] }
  return { ...next, plain, origin: next.inner }
}

function intoMember(
  place: Place,
  fields: ReadonlyMap<string, Member>,
  name: string,
  walk: Walk,
): Place | ExprProblem {
  const member = fields.get(name)
  if (member === undefined) {
    const hint = didYouMean(name, fields.keys())
    return { message: 'Unknown field', ...(hint !== undefined && { hint }) }
  }
  if (member.filterable === false) return { message: `"${name}" may not be used in an expression` }
  const conditions = [...place.conditions, ...guardOf(place, member, walk)]
  const seen: Place = { ...place, conditions, plain: conditions.length === 0 ? place.plain : null }
  if (member.computed !== undefined) return intoComputed(seen, member, member.computed(), walk)
  const step: Step =
    member.linked === undefined
      ? { kind: 'key', name }
      : { kind: 'linked', side: member.linked, many: member.type.kind === 'list' }
  return { ...onward(seen, step, member.type, walk), member }
}

function intoComputed(place: Place, member: Member, expr: Expr, walk: Walk): Place | ExprProblem {
  if (place.origin === null) return { message: 'A computed field can not be reached from here' }
  const inner = substitute(expr, 'item', place.origin, walk.fresh)
  const isPlain = place.levels.length === 0 && place.plain !== null && inner.kind === 'path'
  const plain = isPlain ? { root: inner.root, steps: inner.steps } : null
  return arrived({ ...place, inner, type: member.type, plain, member }, walk)
}

function onward(place: Place, step: Step, type: Type, walk: Walk): Place {
  return arrived({ ...append(place, step, type, walk), member: null }, walk)
}

function append(place: Place, step: Step, type: Type, walk: Walk): Place {
  const plain = place.plain && { root: place.plain.root, steps: [...place.plain.steps, step] }
  const key = step.kind === 'key' && place.inner.kind !== 'path'
  const inner = key
    ? call('index', [place.inner, literal(step.name, { kind: 'string' })], type)
    : stepsOn(place.inner, [step], type, walk.fresh)
  return { ...place, inner, type, plain }
}

function guardOf(place: Place, member: Member, walk: Walk): readonly Expr[] {
  if (!walk.guarded || member.guard === undefined) return []
  const guard = member.guard()
  if (isTrue(guard)) return []
  return [
    place.origin === null
      ? literal(false, { kind: 'bool' })
      : substitute(guard, 'item', place.origin, walk.fresh),
  ]
}

/** At a reference: the item that it refers to must be readable, else it looks unset. */
function arrived(place: Place, walk: Walk): Place {
  const guard = itemGuard(place.type, place.inner, walk)
  return guard === null
    ? place
    : { ...place, conditions: [...place.conditions, guard], plain: null }
}

function itemGuard(type: Type, value: Expr, walk: Walk): Expr | null {
  if (!walk.guarded || type.kind !== 'ref') return null
  const guard = walk.scope.itemGuard?.(type.collection) ?? null
  if (guard === null || isTrue(guard)) return null
  const step: Step = { kind: 'follow', collection: type.collection, one: true }
  return replacePaths(guard, walk.fresh, (path) =>
    path.root === 'item' ? stepsOn(value, [step, ...path.steps], path.type, walk.fresh) : undefined,
  )
}

const conditional = (place: Place, value: Expr = place.inner): Expr =>
  choose(allOf(place.conditions), value, literal(null, place.type), place.type)

/** The value in the innermost element, under its conditions, with nothing in it that may not be read. */
export function valueOf(place: Place, walk: Walk): Expr {
  return conditional(place, readable(place.inner, place.type, place, walk))
}

/** The whole place as one expression: a path if it can be, else transforms of lists. */
export function exprOf(place: Place, walk: Walk): Expr {
  const value = valueOf(place, walk)
  if (place.levels.length === 0) return value
  if (place.plain !== null && value === place.inner) {
    const items = place.type.kind === 'list' ? place.type.items : place.type
    return pathOf(place.plain.root, place.plain.steps, listOf(items))
  }
  return place.levels.reduceRight((body, level) => {
    const type = typeOf(body)
    const list = seenList(level, walk)
    const mapped = transformList('map', list, { name: level.name, body }, listOf(type))
    return type.kind === 'list' ? call('flatten', [mapped], type) : mapped
  }, value)
}

/** A value with inner parts that a client may not see taken out (guarded walks only). */
function readable(value: Expr, type: Type, place: Place, walk: Walk): Expr {
  if (!walk.guarded || !hides(type, walk.scope)) return value
  if (type.kind === 'list') {
    const name = walk.fresh()
    const element = pathOf(name, [], type.items)
    const guard = itemGuard(type.items, element, walk)
    if (guard !== null) return transformList('filter', value, { name, body: guard }, type)
    const body = readable(element, type.items, place, walk)
    return transformList('map', value, { name, body }, type)
  }
  if (type.kind !== 'dict') return value
  const here: Place = { ...place, levels: [], inner: value, type, conditions: [], plain: null }
  const entries: [string, Expr][] = []
  for (const [name, member] of type.fields()) {
    if (member.filterable === false) continue
    const next = stepInto(here, name, walk)
    if ('inner' in next) entries.push([name, exprOf(next, walk)])
  }
  return dictExpr(entries, type)
}

/** Is there something in a value of that type that is not in the doc, or not for everyone? */
function hides(type: Type, scope: Scope): boolean {
  if (type.kind === 'list') {
    if (type.items.kind !== 'ref') return hides(type.items, scope)
    const guard = scope.itemGuard?.(type.items.collection) ?? null
    return guard !== null && !isTrue(guard)
  }
  if (type.kind !== 'dict') return false
  for (const member of type.fields().values()) {
    if (member.filterable === false || member.linked !== undefined) return true
    if (member.computed !== undefined || member.guard !== undefined) return true
    if (member.type.kind === 'ref' && scope.itemGuard !== undefined) return true
    if (hides(member.type, scope)) return true
  }
  return false
}
