/**
 * Patterns of RE2 in PCRE, which MongoDB runs, where both surely mean the same and PCRE can't take long:
 * plain characters, classes of ASCII, one level of quantifiers, groups that are not repeated. All others are
 * left to RE2 in memory.
 */

/** Unbounded repetitions after one another make PCRE try many ways: with two the work is bounded. */
const MOST_UNBOUNDED = 2

const CLASSES: Readonly<Record<string, string>> = {
  d: '[0-9]',
  D: '[^0-9]',
  w: '[0-9A-Za-z_]',
  W: '[^0-9A-Za-z_]',
  s: '[\\t\\n\\f\\r ]',
  S: '[^\\t\\n\\f\\r ]',
}

const TOKEN =
  /(?<set>\[\^?(?:[A-Za-z0-9_ ](?:-[A-Za-z0-9])?)+\])|\\(?<class>[dDwWsS])|\\(?<escaped>[\\.+*?()|[\]{}^$/-])|(?<any>\.)|(?<open>\((?:\?:)?(?!\?))|(?<close>\))|(?<or>\|)|(?<start>\^)|(?<end>\$)|(?<times>[*+?]|\{\d{1,3}(?:,\d{0,3})?\})(?<lazy>\??)|(?<plain>[^\\.+*?()|[\]{}^$])/suy

type Token = Readonly<Record<string, string | undefined>>

/** The same for PCRE; undefined when that is not sure. */
export function toPcre(source: string): string | undefined {
  let pcre = ''
  let unbounded = 0
  let depth = 0
  let repeatable = false
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < source.length) {
    const token: Token | undefined = TOKEN.exec(source)?.groups
    if (token === undefined) return undefined
    const { times } = token
    if (times !== undefined) {
      if (!repeatable || badRange(times)) return undefined
      if (/^[*+]$|,\}$/.test(times) && (unbounded += 1) > MOST_UNBOUNDED) return undefined
      pcre += times + (token['lazy'] ?? '')
      repeatable = false
      continue
    }
    if (token['set'] !== undefined && isBackwards(token['set'])) return undefined
    if (token['open'] !== undefined) depth += 1
    if (token['close'] !== undefined && (depth -= 1) < 0) return undefined
    const atom = atomOf(token)
    repeatable = atom !== undefined
    pcre += atom ?? otherOf(token)
  }
  return depth === 0 ? pcre : undefined
}

/** `{3,1}` is a fault, `{1,900}` a cost. */
function badRange(times: string): boolean {
  const [, low = '0', high = ''] = /^\{(\d+)(?:,(\d*))?\}$/.exec(times) ?? []
  return Number(low) > 100 || Number(high) > 100 || (high !== '' && Number(high) < Number(low))
}

function atomOf(token: Token): string | undefined {
  if (token['set'] !== undefined) return token['set']
  if (token['class'] !== undefined) return CLASSES[token['class']]
  if (token['any'] !== undefined) return '[^\\n]'
  const one = token['escaped'] ?? token['plain']
  return one === undefined ? undefined : quoted(one)
}

/** Ranges that run backwards are faults, which RE2 tells. */
const isBackwards = (set: string): boolean =>
  [...set.matchAll(/(.)-(.)/g)].some(([, low = '', high = '']) => low > high)

function otherOf(token: Token): string {
  if (token['open'] !== undefined) return '(?:'
  if (token['start'] !== undefined) return '\\A'
  if (token['end'] !== undefined) return '\\z'
  return token['close'] ?? token['or'] ?? '(?!)'
}

/** A text that means itself. */
export const quoted = (text: string): string =>
  text.replace(/[\0-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]/g, (one) =>
    /[\0-\x20\x7f]/.test(one)
      ? `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`
      : one === '_'
        ? one
        : `\\${one}`,
  )
