/** What a page shows of an output, as a pattern: `...` is anything, ids, moments, times and ports are any. */

const ANY: readonly (readonly [RegExp, string])[] = [
  [/\.\.\./g, '[^]*?'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '[0-9a-f-]{36}'],
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '[\\d:.TZ-]+'],
  [/\b\d+(?:\.\d+)? m?s\b/g, '[\\d.]+ m?s'],
  [/127\.0\.0\.1:\d+/g, '127\\.0\\.0\\.1:\\d+'],
]

const quoted = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

export function patternOf(shown: string): RegExp {
  const places = ANY.flatMap(([pattern, any]) =>
    [...shown.matchAll(pattern)].map(({ 0: text, index }) => ({
      index,
      end: index + text.length,
      any,
    })),
  ).sort((left, right) => left.index - right.index)
  let [source, at] = ['', 0]
  for (const { index, end, any } of places) {
    if (index < at) continue
    source += quoted(shown.slice(at, index)) + any
    at = end
  }
  return new RegExp(`^\\s*${source}${quoted(shown.slice(at).trimEnd())}\\s*$`)
}
