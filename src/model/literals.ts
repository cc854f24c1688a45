/**
 * Values written in the file itself, for defaults and enums: read as their field reads them, and
 * held against the field's own rules. Knows no item.
 */
import type { Env, Value } from '../expression/expr.ts'
import { sameValue } from './fields/index.ts'
import type { Field } from './backoffice.ts'
import type { Parsed } from './fields/field-type.ts'
import { callsAny, names } from './rules.ts'

/** The value as it is kept. YAML has no dates or bytes of its own: they are texts, as on the wire. */
export function parseLiteral(field: Field, raw: unknown): Parsed {
  return raw === null ? { value: null } : field.type.parse(field, raw)
}

/** Messages of the rules that a value breaks; those that need an item are not asked. */
export function brokenRules(field: Field, value: Value): readonly string[] {
  if (value === null) return []
  const own = [...field.type.check(field, value), ...notInList(field, value)]
  const constraints = field.constraints.flatMap(({ rule, message }) => {
    if (names(rule.expr, 'item') || rule.crossesReferences || callsAny(rule.expr, 'now', 'uuid'))
      return []
    if (rule.evaluate(valueAlone(value)) === true) return []
    return [message ?? `Constraint not met: ${rule.text}`]
  })
  return [...own, ...constraints, ...brokenInside(field, value)]
}

function notInList(field: Field, value: Value): readonly string[] {
  if (!field.enum || !('values' in field.enum)) return []
  return field.enum.values.some((each) => sameValue(each, value)) ? [] : ['Not in list']
}

function brokenInside(field: Field, value: Value): readonly string[] {
  const [element] = field.items ?? []
  if (field.type.name === 'List' && element && Array.isArray(value)) {
    return value.flatMap((each: Value) => brokenRules(element, each))
  }
  if (!field.fields || typeof value !== 'object' || value === null || Array.isArray(value))
    return []
  const members = Object.entries(value)
  return members.flatMap(([name, each]) => {
    const inner = field.fields?.get(name)
    return inner ? brokenRules(inner, each).map((message) => `${name}: ${message}`) : []
  })
}

const valueAlone = (value: Value): Env => ({
  roots: { value },
  now: '1970-01-01T00:00:00.000Z',
  follow: () => undefined,
  linked: () => [],
})
