/**
 * Patterns: RE2 syntax, time linear in the text, the same on every connector. The one home of re2js.
 * Compiled patterns are kept in a bounded cache, as filters of clients bring them at every request.
 */
import { RE2JS } from 're2js'
import type { Checked } from './expr.ts'

export interface Pattern {
  readonly source: string
  /** how many steps it has, once repetitions are spelled out */
  readonly steps: number
  /** is there a match anywhere? */
  readonly search: (text: string) => boolean
  /** is there a match that begins at the start of the text? */
  readonly matchesStart: (text: string) => boolean
}

const MOST_PATTERNS = 500
const LONGEST_PATTERN = 2000
/** Of a client, whose pattern is asked of each item. */
const LONGEST_ASKED = 500
/** Steps of a pattern: a character of the text may take all of them. */
const MOST_STEPS = 250
/** Classes beyond ASCII whose case does not matter: each takes milliseconds to work out. */
const MOST_WIDE = 4
const cache = new Map<string, Checked<Pattern>>()

/** The compiled pattern, or why it is not RE2. */
export function compilePattern(source: string): Checked<Pattern> {
  const known = cache.get(source)
  if (known !== undefined) {
    cache.delete(source)
    cache.set(source, known)
    return known
  }
  const compiled = compileAnew(source)
  cache.set(source, compiled)
  if (cache.size > MOST_PATTERNS) {
    for (const oldest of cache.keys()) {
      cache.delete(oldest)
      break
    }
  }
  return compiled
}

/** As compilePattern, for a pattern of a client: one that would take long to compile or to match is a problem. */
export function compileAsked(source: string): Checked<Pattern> {
  if (source.length > LONGEST_ASKED)
    return problem(`The pattern is longer than ${LONGEST_ASKED} characters`)
  const wide = /\(\?[a-zA-Z]*i/.test(source) ? (source.match(WIDE)?.length ?? 0) : 0
  if (wide > MOST_WIDE) return tooComplex()
  const compiled = compilePattern(source)
  return compiled.ok && compiled.value.steps > MOST_STEPS ? tooComplex() : compiled
}

const WIDE = /\\[pP]|\[[^\]]*(?:[^\p{ASCII}]|\\x)[^\]]*\]/gu

const tooComplex = (): Checked<Pattern> =>
  problem('The pattern is too complex: fewer repetitions and classes')

function compileAnew(source: string): Checked<Pattern> {
  if (source.length > LONGEST_PATTERN) {
    return problem(`The pattern is longer than ${LONGEST_PATTERN} characters`)
  }
  // letters, digits and the like mean themselves: no engine is needed for them
  if (/^[A-Za-z0-9 _@,:;/-]*$/.test(source)) {
    return done({
      source,
      steps: 1,
      search: (text) => text.includes(source),
      matchesStart: (text) => text.startsWith(source),
    })
  }
  try {
    const anywhere = RE2JS.compile(source)
    return done({
      source,
      steps: anywhere.programSize(),
      search: (text) => anywhere.test(text),
      matchesStart: startOf(anywhere),
    })
  } catch (error) {
    return problem(`Not a valid pattern: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** `\A` in front and `test`, which is several times faster in re2js than `lookingAt`. */
function startOf(anywhere: RE2JS): (text: string) => boolean {
  try {
    const anchored = RE2JS.compile(`\\A(?:${anywhere.pattern()})`)
    return (text) => anchored.test(text)
  } catch {
    // a quotation without end (`\Qab`) can't stand in a group
    return (text) => anywhere.matcher(text).lookingAt()
  }
}

const done = (pattern: Pattern): Checked<Pattern> => ({ ok: true, value: Object.freeze(pattern) })
const problem = (message: string): Checked<Pattern> => ({
  ok: false,
  problems: [{ message, hint: 'Patterns are in RE2 syntax: no look-around, no back-references' }],
})
