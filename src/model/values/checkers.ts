/**
 * Field -> Checker, compiled once: only fields with a rule, or with such fields inside, are visited.
 */
import type { FieldError } from '../../errors.ts'
import type { Value } from '../../expression/expr.ts'
import type { Constraint, Field } from '../backoffice.ts'
import { typeOfValue } from '../fields/in.ts'
import { isDict } from '../fields/parsed.ts'
import { isPasswordHash } from '../fields/password.ts'
import { sameValue } from '../fields/same-value.ts'
import { readValue } from './accept.ts'
import { fieldError, holdsSecret, isUnset } from './field-facts.ts'
import type { RuleRun } from './rule-run.ts'

export interface Check {
  readonly errors: FieldError[]
  /** null: expressions are not asked */
  readonly rules: RuleRun | null
  readonly exists: ((field: Field) => boolean) | undefined
}

/** Notes what is wrong with a value; `path` is its own. */
export type Checker = (check: Check, value: Value | undefined, path: string) => void

/** A rule of one field: a message when the value (which is set) breaks it. */
type RuleOf = (check: Check, value: Value) => string | null

const checkers = new WeakMap<Field, { readonly checker: Checker | null }>()

/** null: no value of the field can be wrong. */
export function checkerOf(field: Field): Checker | null {
  const known = checkers.get(field)
  if (known !== undefined) return known.checker
  const checker = makeChecker(field)
  checkers.set(field, { checker })
  return checker
}

function makeChecker(field: Field): Checker | null {
  const own = ownChecker(field)
  const inner = innerChecker(field)
  if (own === null || inner === null) return own ?? inner
  return (check, value, path) => {
    own(check, value, path)
    inner(check, value, path)
  }
}

function ownChecker(field: Field): Checker | null {
  const { required } = field
  const rules = rulesOf(field)
  if (rules.length === 0 && !required) return null
  const secret = holdsSecret(field)
  const single = field.type.secret === true
  return (check, value, path) => {
    if (value === undefined || isUnset(field, value)) {
      if (required) check.errors.push({ path, message: 'Cannot be empty' })
      return
    }
    // rules were asked of the plain text, before it was hashed
    if (single && isPasswordHash(value)) return
    for (const rule of rules) {
      const message = rule(check, value)
      if (message === null) continue
      check.errors.push(fieldError(path, message, value, secret))
      return
    }
  }
}

function rulesOf(field: Field): readonly RuleOf[] {
  const rules: RuleOf[] = []
  const { type } = field
  // an In is judged by the type its value is of
  if (hasTypeRules(field)) rules.push((_check, value) => type.check(field, value)[0] ?? null)
  const allowed = enumRule(field)
  if (allowed !== null) rules.push(allowed)
  return [...rules, ...field.constraints.map(constraintRule)]
}

/** Options that say something: what a row checks, it checks by its options. */
const hasTypeRules = (field: Field): boolean =>
  field.types === undefined &&
  Object.values(field.options).some(
    (value) => value !== null && value !== undefined && value !== false && !isEmptyList(value),
  )

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0

function enumRule(field: Field): RuleOf | null {
  const allowed = field.enum
  if (allowed === null) return null
  if ('rule' in allowed) {
    const { rule } = allowed
    return ({ rules }, value) =>
      rules === null || rules.ask(rule, value) === true ? null : 'Not in list'
  }
  const values = allowed.values.map((value) => readValue(field, value) ?? value)
  const scalars = new Set(values)
  const others = values.filter((value) => typeof value === 'object')
  return (_check, value) =>
    scalars.has(value) || others.some((other) => sameValue(other, value)) ? null : 'Not in list'
}

const constraintRule = ({ rule, message }: Constraint): RuleOf => {
  const words = message ?? `Constraint not met: ${rule.text}`
  return ({ rules }, value) => (rules === null || rules.ask(rule, value) === true ? null : words)
}

function innerChecker(field: Field): Checker | null {
  if (field.fields !== undefined) return dictChecker(field.fields)
  if (field.types !== undefined) return inChecker(field, field.types)
  return field.items === undefined ? null : listChecker(field, field.items)
}

interface Member {
  readonly name: string
  readonly field: Field
  readonly checker: Checker
  readonly conditional: boolean
  readonly derived: boolean
}

function dictChecker(fields: ReadonlyMap<string, Field>): Checker | null {
  const members = [...fields].flatMap(([name, field]): Member | [] => {
    const { exists } = field
    const checker = checkerOf(field)
    const never = exists.kind === 'always' && !exists.value
    if (checker === null || never) return []
    return {
      name,
      field,
      checker,
      conditional: exists.kind !== 'always',
      derived: !field.stored,
    }
  })
  if (members.length === 0) return null
  return (check, doc, path) => {
    if (!isDict(doc)) return
    for (const { name, field, checker, conditional, derived } of members) {
      const value = Object.hasOwn(doc, name) ? (doc[name] as Value | undefined) : undefined
      if (value === undefined && derived) continue
      if (conditional && !exists(check, field)) continue
      checker(check, value, `${path}.${name}`)
    }
  }
}

function exists(check: Check, field: Field): boolean {
  if (check.exists !== undefined) return check.exists(field)
  if (field.exists.kind !== 'rule') return true
  // what is not asked can't be missed
  return check.rules !== null && check.rules.ask(field.exists.rule, null) === true
}

function listChecker(field: Field, items: readonly Field[]): Checker | null {
  const places = items.map(checkerOf)
  if (places.every((place) => place === null)) return null
  const tuple = field.type.name === 'Tuple'
  return (check, values, path) => {
    if (!Array.isArray(values)) return
    for (let at = 0; at < values.length; at++) {
      const checker = places[tuple ? at : 0]
      checker?.(check, values[at] as Value, `${path}[${at}]`)
    }
  }
}

function inChecker(field: Field, types: readonly Field[]): Checker | null {
  if (types.every((type) => checkerOf(type) === null)) return null
  return (check, value, path) => {
    if (value === null || value === undefined) return
    const type = typeOfValue(field, value)
    if (type !== undefined) checkerOf(type)?.(check, value, path)
  }
}
