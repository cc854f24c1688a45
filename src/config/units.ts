/**
 * Durations (`500ms`, `7d`) and sizes (`10KiB`) to numbers.
 */
const MILLISECONDS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const BYTES = { '': 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const

/** Milliseconds; undefined when it is no duration. */
export function parseDuration(text: unknown): number | undefined {
  const [, amount, unit] =
    (typeof text === 'string' && /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text)) || []
  return amount === undefined
    ? undefined
    : Math.round(Number(amount) * MILLISECONDS[unit as keyof typeof MILLISECONDS])
}

/** Bytes, of a number or a text; undefined when it is no size. */
export function parseSize(value: unknown): number | undefined {
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && value >= 0 ? value : undefined
  const [, amount, unit = ''] =
    (typeof value === 'string' && /^(\d+(?:\.\d+)?)(KiB|MiB|GiB)?$/.exec(value)) || []
  return amount === undefined
    ? undefined
    : Math.round(Number(amount) * BYTES[unit as keyof typeof BYTES])
}
