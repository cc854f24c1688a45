/**
 * A field as written -> FieldConfig: shorthand spelled out, one spelling for each option, lists where lists may be.
 * Knows no type: a type's own options go through as they are.
 */
import { FIELD_ALIASES } from './aliases.ts'
import type { FieldConfig, YesNo } from './config.ts'
import { plainMap } from './node.ts'
import { asList, asMap, asText, asTexts, mapValues } from './shape.ts'

export function normaliseFields(value: unknown): Readonly<Record<string, FieldConfig>> {
  return mapValues(value, normaliseField)
}

/** Undefined when there is no type to be seen. */
export function normaliseField(value: unknown): FieldConfig | undefined {
  if (typeof value === 'string') return { type: value }
  const written = asMap(value)
  const type = asText(written?.['type'])
  if (!written || type === undefined) return undefined
  const field = plainMap()
  for (const [key, option] of Object.entries(written)) {
    if (key.startsWith('x-')) continue
    const name = nameOf(key)
    const made = Object.hasOwn(OPTIONS, name) ? OPTIONS[name]?.(option) : option
    if (made !== undefined) field[name] = made
  }
  return Object.assign(field, { type })
}

const SPELLINGS: ReadonlyMap<string, string> = new Map(
  Object.entries(FIELD_ALIASES).flatMap(([name, others]) =>
    others.map((other): [string, string] => [other, name]),
  ),
)

function nameOf(key: string): string {
  return SPELLINGS.get(key) ?? key
}

const OPTIONS: Readonly<Record<string, (value: unknown) => unknown>> = {
  patterns: asList,
  constraints: asList,
  views: asTexts,
  renamed_from: asTexts,
  set: expressionText,
  on: hooksByEvent,
  fields: normaliseFields,
  items: (value) => (Array.isArray(value) ? normaliseTypes(value) : normaliseField(value)),
  types: normaliseTypes,
}

function normaliseTypes(value: unknown): readonly FieldConfig[] {
  return asList(value)
    .map(normaliseField)
    .filter((field) => field !== undefined)
}

/** `true`, `0` and null stand for themselves: they are expressions too. */
export function expressionText(value: unknown): string | undefined {
  const simple = value === null || typeof value === 'boolean' || typeof value === 'number'
  return simple ? String(value) : asText(value)
}

export function hooksByEvent(value: unknown): Readonly<Record<string, readonly string[]>> {
  return mapValues(value, asTexts)
}

export function asYesNo(value: unknown): YesNo | undefined {
  if (typeof value === 'boolean' || typeof value === 'string') return value
  const { hook, expr } = asMap(value) ?? {}
  if (typeof hook === 'string') return { hook }
  return typeof expr === 'string' ? { expr } : undefined
}
