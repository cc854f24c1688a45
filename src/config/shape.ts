/**
 * Readers of values of unknown shape: what is not of the shape wanted is undefined, and was reported by the schema.
 */
import { plainMap, type PlainMap } from './node.ts'

export function asMap(value: unknown): Readonly<PlainMap> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as PlainMap)
    : undefined
}

export function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

export function asFlag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}

export function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

/** `a` is short for `[a]`; nothing is `[]`. */
export function asList(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}

export function asTexts(value: unknown): readonly string[] {
  return asList(value).filter((item) => typeof item === 'string')
}

/** Each entry of a map but the `x-` ones, those left out that give undefined. */
export function mapValues<T>(
  value: unknown,
  each: (value: unknown, key: string) => T | undefined,
): Readonly<Record<string, T>> {
  const result = plainMap()
  for (const [key, item] of Object.entries(asMap(value) ?? {})) {
    const made = key.startsWith('x-') ? undefined : each(item, key)
    if (made !== undefined) result[key] = made
  }
  return result as Record<string, T>
}

type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> }

/** The object without the keys that are undefined, as `exactOptionalPropertyTypes` wants it. */
export function present<T extends object>(object: T): Present<T> {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== undefined),
  ) as Present<T>
}
