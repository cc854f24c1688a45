/**
 * Calls as filters on one field, which its index may serve: comparison with a literal, membership, texts and
 * patterns. Undefined where MongoDB would answer otherwise than memory, or a field alone does not say it.
 */
import type { Document } from 'mongodb'
import type { Expr, Value } from '../../expression/expr.ts'
import { ALWAYS, NEVER, allOf, atLeast, exactly, noneOf, oneOf } from './condition.ts'
import type { Condition } from './condition.ts'
import { nativeValue } from './fields.ts'
import type { Field, Literal } from './fields.ts'
import type { Call, Scope, Wanted } from './scope.ts'
import { quoted, toPcre } from './pattern.ts'

export function callOnField(scope: Scope, call: Call, wanted: Wanted): Condition | undefined {
  const [a, b] = call.args
  if (a === undefined) return undefined
  switch (call.fn) {
    case 'eq':
      return equality(scope, call, wanted)
    case 'ne':
      return equality(scope, call, !wanted)
    case 'exists':
      return existence(fieldOf(scope, a), wanted)
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return comparison(scope, { ...call, fn: call.fn }, wanted)
    case 'in':
      return b === undefined ? undefined : membership(scope, [a, b], wanted)
    case 'starts_with':
    case 'ends_with':
    case 'contains':
    case 'matches':
    case 'matches_start':
      return b === undefined ? undefined : ofText(scope, call, wanted)
    default:
      return undefined
  }
}

const fieldOf = (scope: Scope, expr: Expr): Field | undefined =>
  expr.kind === 'path' ? scope.field(expr) : undefined

const on = ({ name }: Field, condition: unknown): Condition => exactly({ [name]: condition })
const isSet = (field: Field): Document =>
  field.shape === 'scalar' ? { $ne: null } : { $type: 'array' }
const isUnset = (field: Field): Document =>
  field.shape === 'scalar' ? { $eq: null } : { $not: { $type: 'array' } }

function existence(field: Field | undefined, wanted: Wanted): Condition | undefined {
  if (field === undefined) return undefined
  return on(field, wanted ? isSet(field) : isUnset(field))
}

/** A field and a literal, whichever way round. */
function compared(
  scope: Scope,
  { args: [a, b] }: Call,
): { readonly field: Field; readonly literal: Literal; readonly turned: boolean } | undefined {
  if (a === undefined || b === undefined) return undefined
  const turned = a.kind === 'literal'
  const literal = turned ? a : b
  const field = fieldOf(scope, turned ? b : a)
  return field === undefined || literal.kind !== 'literal' ? undefined : { field, literal, turned }
}

/** Never unknown: what is not equal is another value, null too. */
function equality(scope: Scope, call: Call, wanted: Wanted): Condition | undefined {
  const found = compared(scope, call)
  if (found === undefined) return undefined
  const { field, literal } = found
  const { value } = literal
  if (value === null) return existence(field, !wanted)
  if (field.shape === 'list') return equalList(field, value, wanted)
  if (field.shape !== 'scalar' || field.family === 'other') return undefined
  const given = nativeValue(value, field.family)
  if (given === undefined) return wanted ? NEVER : ALWAYS
  return on(field, wanted ? { $eq: given } : { $ne: given })
}

function equalList(field: Field, value: Value, wanted: Wanted): Condition | undefined {
  if (!Array.isArray(value)) return wanted ? NEVER : ALWAYS
  const given = (value as readonly Value[]).map((one) => nativeValue(one, field.family))
  if (field.family === 'other') return undefined
  if (given.includes(undefined)) return wanted ? NEVER : ALWAYS
  return on(field, wanted ? { $eq: given } : { $ne: given })
}

const TURNED = { lt: 'gt', lte: 'gte', gt: 'lt', gte: 'lte' } as const
const OPPOSITE = { lt: 'gte', lte: 'gt', gt: 'lte', gte: 'lt' } as const
type Order = keyof typeof TURNED

/** Comparison never meets null, or another kind of value: not even in its opposite. */
function comparison(
  scope: Scope,
  call: Call & { readonly fn: Order },
  wanted: Wanted,
): Condition | undefined {
  const found = compared(scope, call)
  if (found === undefined || found.field.shape !== 'scalar') return undefined
  const { field, literal, turned } = found
  if (literal.value === null) return NEVER
  // bytes are ordered as their base64 text, which is not how MongoDB orders them
  if (field.family === 'bytes') return atLeast({ [field.name]: { $ne: null } })
  if (field.family === 'other') return undefined
  const given = nativeValue(literal.value, field.family)
  // a text that is no time still has an order among texts
  if (given === undefined)
    return field.family === 'time' && typeof literal.value === 'string' ? undefined : NEVER
  const straight = turned ? TURNED[call.fn] : call.fn
  return on(field, { [`$${wanted ? straight : OPPOSITE[straight]}`]: given })
}

function membership(
  scope: Scope,
  [a, b]: readonly [Expr, Expr],
  wanted: Wanted,
): Condition | undefined {
  if (b.kind === 'literal') return memberOfLiteral(fieldOf(scope, a), b.value, wanted)
  if (a.kind !== 'literal' || b.kind !== 'path') return undefined
  if (a.value === null) return NEVER
  const refs = scope.refsIn(b)
  const field = scope.field(b) ?? refs
  if (field === undefined || field.shape !== 'list' || field.family === 'other') return undefined
  const given = nativeValue(a.value, field.family)
  if (refs !== undefined)
    return wanted ? (given === undefined ? NEVER : on(field, { $eq: given })) : undefined
  if (given === undefined) return wanted ? NEVER : on(field, isSet(field))
  if (wanted) return on(field, { $eq: given })
  return allOf([on(field, { $ne: given }), on(field, isSet(field))])
}

function memberOfLiteral(
  field: Field | undefined,
  list: Value,
  wanted: Wanted,
): Condition | undefined {
  if (field === undefined || field.shape !== 'scalar' || field.family === 'other') return undefined
  if (list === null) return NEVER
  if (!Array.isArray(list)) return undefined
  const given = (list as readonly Value[]).flatMap((one) => nativeValue(one, field.family) ?? [])
  if (wanted) return given.length === 0 ? NEVER : on(field, { $in: given })
  return on(field, { $nin: [...given, null] })
}

function ofText(scope: Scope, { fn, args }: Call, wanted: Wanted): Condition | undefined {
  const [text, part] = args
  const field = text === undefined ? undefined : fieldOf(scope, text)
  if (field?.shape !== 'scalar' || field.family !== 'text') return undefined
  if (part?.kind !== 'literal') return undefined
  if (typeof part.value !== 'string') return NEVER
  if (fn === 'starts_with') return startsWith(field, part.value, wanted)
  const pattern = patternOf(fn, part.value)
  // those that are unset at least are known
  if (pattern === undefined) return atLeast({ [field.name]: { $gte: '' } })
  const matching = on(field, { $regex: pattern })
  return wanted ? matching : allOf([noneOf(matching), on(field, { $gte: '' })])
}

function patternOf(fn: string, part: string): string | undefined {
  switch (fn) {
    case 'contains':
      return quoted(part)
    case 'ends_with':
      return `${quoted(part)}\\z`
    case 'matches':
      return toPcre(part)
    default: {
      const pcre = toPcre(part)
      return pcre === undefined ? undefined : `\\A(?:${pcre})`
    }
  }
}

/** Texts that begin with a given one are a range of an index. */
function startsWith(field: Field, prefix: string, wanted: Wanted): Condition {
  const end = after(prefix)
  if (wanted) return on(field, { $gte: prefix, ...(end !== undefined && { $lt: end }) })
  const past = end === undefined ? [] : [on(field, { $gte: end })]
  return oneOf([on(field, { $lt: prefix }), ...past])
}

/** The first text, by code points, that comes after all that begin with `prefix`. */
function after(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0)
  while (points.length > 0) {
    const last = points.pop() ?? 0
    if (last < 0x10ffff) return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1)
  }
  return undefined
}
