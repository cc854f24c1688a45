/**
 * Where a JSON text breaks: JSON.parse says it in words that change with its version, and not always.
 * Only asked after JSON.parse refused a text; nesting is bounded before (json-body.ts).
 */

/** The place (in characters) and what is wrong there. */
export interface JsonFault {
  readonly at: number
  readonly message: string
}

const SPACE = /[ \t\n\r]*/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /true|false|null/y
// a string without its end: everything up to the first character that may not stand in it
// oxlint-disable-next-line no-control-regex -- control characters are just what JSON forbids here
const STRING_BODY = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*/y

/** The first fault of a JSON text; undefined when it has none. */
export function findJsonFault(text: string): JsonFault | undefined {
  return new Scanner(text).document()
}

/** Walks a text once; `#at` is how far it came. Methods give the fault that stopped them. */
class Scanner {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): JsonFault | undefined {
    const fault = this.#value()
    if (fault) return fault
    this.#take(SPACE)
    return this.#at < this.#text.length ? this.#expected('nothing more') : undefined
  }

  #value(): JsonFault | undefined {
    this.#take(SPACE)
    const first = this.#text[this.#at]
    if (first === '{') return this.#members('}')
    if (first === '[') return this.#members(']')
    if (first === '"') return this.#string()
    return this.#take(NUMBER) || this.#take(WORD) ? undefined : this.#expected('a value')
  }

  #members(close: '}' | ']'): JsonFault | undefined {
    this.#at += 1
    this.#take(SPACE)
    if (this.#skip(close)) return undefined
    for (;;) {
      const fault = close === '}' ? this.#member() : this.#value()
      if (fault) return fault
      this.#take(SPACE)
      if (this.#skip(close)) return undefined
      if (!this.#skip(',')) return this.#expected(`"," or "${close}"`)
    }
  }

  #member(): JsonFault | undefined {
    this.#take(SPACE)
    if (this.#text[this.#at] !== '"') return this.#expected('a key in double quotes')
    const fault = this.#string()
    if (fault) return fault
    this.#take(SPACE)
    return this.#skip(':') ? this.#value() : this.#expected('":"')
  }

  #string(): JsonFault | undefined {
    this.#take(STRING_BODY)
    if (this.#skip('"')) return undefined
    const at = this.#at
    const found = this.#text[at]
    if (found === undefined) return { at, message: 'a string is not closed' }
    if (found === '\\') return { at, message: 'an escape that JSON does not know' }
    return { at, message: 'a line break or control character in a string' }
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at
    if (!pattern.test(this.#text)) return false
    this.#at = pattern.lastIndex
    return true
  }

  #skip(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at += 1
    return true
  }

  #expected(what: string): JsonFault {
    const at = this.#at
    const code = this.#text.codePointAt(at)
    const found = code === undefined ? 'the end' : JSON.stringify(String.fromCodePoint(code))
    return { at, message: `expected ${what}, found ${found}` }
  }
}

/** Line and column (from 1) of a place in a text. */
export function lineAndColumn(
  text: string,
  at: number,
): { readonly line: number; readonly column: number } {
  const before = text.slice(0, at)
  const newline = before.lastIndexOf('\n')
  return { line: before.split('\n').length, column: at - newline }
}
