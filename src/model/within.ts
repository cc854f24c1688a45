/** Walks over a field and what is in it. Knows the shape of fields only. */
import type { Field } from './backoffice.ts'

/** Fields of a Dict, the element of a List, the places of a Tuple, the types of an In. */
export const contentOf = ({ fields, items, types }: Field): readonly Field[] => [
  ...(fields?.values() ?? []),
  ...(items ?? []),
  ...(types ?? []),
]

/** The field and all within it, elements of lists too. */
export function within(field: Field): Field[] {
  return [field, ...contentOf(field).flatMap(within)]
}

/**
 * The fields whose rights decide on a value as a whole: its own, and those of elements. What is in a Dict
 * is decided on where a path names it; what is in a Tuple or an In has no path that tells it apart.
 */
export function deciding(field: Field): Field[] {
  if (field.fields) return [field]
  if (field.type.name === 'List') return [field, ...(field.items ?? []).flatMap(deciding)]
  return within(field)
}
