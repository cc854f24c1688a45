/** The field that keys lead to: through Dicts, and by index through Lists and Tuples. Knows the model only. */
import type { Field } from '../model/backoffice.ts'

/** null where there is none; free content belongs to its FreeDict. */
export function fieldAlong(item: Field, keys: readonly string[]): Field | null {
  let field: Field | undefined = item
  for (const key of keys) {
    if (!field) return null
    if (field.type.name === 'FreeDict') return field
    field = /^\d+$/.test(key)
      ? (field.items?.[Number(key)] ?? field.items?.[0])
      : field.fields?.get(key)
  }
  return field ?? null
}
