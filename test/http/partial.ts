/** Is what came what was expected, where something was expected? */

/**
 * The first place that differs, in words; undefined when all is as expected. Objects: the named keys must
 * match (`undefined`: must be absent). Arrays: as many, each matching. RegExp: a string that it matches.
 * Functions: give true; `String` is any string.
 */
export function differs(found: unknown, expected: unknown, place = '$'): string | undefined {
  if (expected === String)
    return typeof found === 'string' ? undefined : `${place}: ${show(found)} is no string`
  if (typeof expected === 'function')
    return expected(found) === true ? undefined : `${place}: ${show(found)}`
  if (expected instanceof RegExp) {
    return typeof found === 'string' && expected.test(found)
      ? undefined
      : `${place}: ${show(found)} !~ ${expected}`
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(found)) return `${place}: ${show(found)} is not a list`
    if (found.length !== expected.length)
      return `${place}: ${found.length} elements, not ${expected.length}: ${show(found)}`
    return firstOf(expected.map((each, index) => differs(found[index], each, `${place}[${index}]`)))
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof found !== 'object' || found === null)
      return `${place}: ${show(found)} is not an object`
    const values = new Map<string, unknown>(Object.entries(found))
    return firstOf(
      Object.entries(expected).map(([key, each]) =>
        differs(values.get(key), each, `${place}.${key}`),
      ),
    )
  }
  return Object.is(found, expected) ? undefined : `${place}: ${show(found)}, not ${show(expected)}`
}

const firstOf = (differences: readonly (string | undefined)[]): string | undefined =>
  differences.find((each) => each !== undefined)

const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
