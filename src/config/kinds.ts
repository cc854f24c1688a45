/** JSON's words for the kinds of values. */

/** `integer` for whole numbers. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

/** Whether a value of a kind is one of the wanted: a whole number is a number too. */
export function accepts(kinds: readonly string[] | undefined, kind: string): boolean {
  return (
    kinds !== undefined &&
    (kinds.includes(kind) || (kind === 'integer' && kinds.includes('number')))
  )
}
