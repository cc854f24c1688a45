/**
 * YAML to JSON: the lines that write-yaml.ts makes are read here, 30 times as fast as by the yaml
 * package; at the first line that looks any other way the package reads the whole text.
 * A test checks on many texts that both give the same.
 */
import { LineCounter, parseDocument } from 'yaml'
import type { DictValue, Value } from '../../expression/expr.ts'
import { setOwn } from '../memory/frozen-copy.ts'

export interface YamlFault {
  readonly message: string
  /** from 1 */
  readonly line?: number
}

export type ReadYaml = { readonly value: Value } | { readonly fault: YamlFault }

/** The value of a text, or what is wrong with it and where. */
export function readYaml(text: string): ReadYaml {
  const quick = readOwnStyle(text)
  if (quick !== undefined) return { value: quick }
  const counter = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: counter,
    schema: 'core',
    prettyErrors: false,
  })
  const [error] = document.errors
  if (error !== undefined)
    return { fault: { message: error.message, line: counter.linePos(error.pos[0]).line } }
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 })
    return isJson(value)
      ? { value }
      : { fault: { message: 'it has a value that JSON does not have' } }
  } catch (error_) {
    return { fault: { message: error_ instanceof Error ? error_.message : String(error_) } }
  }
}

/** numbers that JSON lacks (.inf, .nan), and keys that are not texts, are refused */
function isJson(value: unknown): value is Value {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (Array.isArray(value)) return value.every(isJson)
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return false
  return Object.values(value).every(isJson)
}

const MEMBER = /^([\p{L}_][\p{L}\p{N}_.-]*|"(?:[^"\\]|\\["\\/bfnrt])*"):(?: (.+))?$/u
const PLAIN =
  /^(?:[\p{L}_][\p{L}\p{N}_@/+().;!-]*(?: [\p{L}\p{N}_@/+().;!'&-]+)*|[0-9]+(?: \p{L}[\p{L}\p{N}_/().-]*)+)$/u
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?$/
const TIMED =
  /^(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/
const WORD = /^(?:null|true|false|~)$/i
/** a comment on the last line: the version */
const LAST_COMMENT = /^# version [0-9a-z]+$/
// oxlint-disable-next-line no-control-regex
const ODD = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|\p{Cs}/u

/** Thrown, and caught here: the text is not in our own style. */
const OTHER_STYLE = new Error('other style')

interface Cursor {
  readonly lines: readonly string[]
  at: number
}

/** undefined when the text is written another way. */
export function readOwnStyle(text: string): Value | undefined {
  if (text === '' || !text.endsWith('\n') || ODD.test(text)) return undefined
  const lines = text.split('\n')
  lines.pop()
  if (LAST_COMMENT.test(lines.at(-1) ?? '')) lines.pop()
  if (lines.length === 0) return undefined
  const cursor: Cursor = { lines, at: 0 }
  try {
    const value = readDict(cursor, 0, '')
    return cursor.at === lines.length ? value : undefined
  } catch (error) {
    if (error === OTHER_STYLE) return undefined
    throw error
  }
}

function indentOf(line: string): number {
  let indent = 0
  while (line.charCodeAt(indent) === 0x20) indent++
  return indent
}

/** The members at one indent; `first` is the rest of the line of a list's dash. */
function readDict(cursor: Cursor, indent: number, first: string): DictValue {
  const dict: Record<string, Value> = {}
  let rest = first
  for (;;) {
    if (rest === '') {
      const line = cursor.lines[cursor.at]
      if (line === undefined || indentOf(line) !== indent || line.charCodeAt(indent) === 0x2d) break
      rest = line.slice(indent)
    }
    const match = MEMBER.exec(rest)
    if (match === null) throw OTHER_STYLE
    rest = ''
    const key = readKey(match[1] ?? '')
    if (Object.hasOwn(dict, key)) throw OTHER_STYLE
    cursor.at++
    setOwn(
      dict,
      key,
      match[2] === undefined ? readInner(cursor, indent) : readScalar(cursor, match[2], indent),
    )
  }
  if (Object.keys(dict).length === 0) throw OTHER_STYLE
  return dict
}

function readKey(text: string): string {
  if (text.startsWith('"')) return readQuoted(text)
  if (WORD.test(text) || text.length > 1000) throw OTHER_STYLE
  return text
}

/** A dict or list under its key, indented by two. */
function readInner(cursor: Cursor, indent: number): Value {
  const line = cursor.lines[cursor.at]
  if (line === undefined || indentOf(line) !== indent + 2) throw OTHER_STYLE
  return line.charCodeAt(indent + 2) === 0x2d
    ? readList(cursor, indent + 2)
    : readDict(cursor, indent + 2, '')
}

function readList(cursor: Cursor, indent: number): Value {
  const list: Value[] = []
  for (;;) {
    const line = cursor.lines[cursor.at]
    if (line === undefined || indentOf(line) !== indent) break
    if (line.length === indent + 1 && line.charCodeAt(indent) === 0x2d) {
      cursor.at++
      list.push(readInner(cursor, indent))
      continue
    }
    if (!line.startsWith('- ', indent)) throw OTHER_STYLE
    const rest = line.slice(indent + 2)
    if (MEMBER.test(rest)) list.push(readDict(cursor, indent + 2, rest))
    else {
      cursor.at++
      list.push(readScalar(cursor, rest, indent))
    }
  }
  return list
}

function readScalar(cursor: Cursor, text: string, indent: number): Value {
  const code = text.charCodeAt(0)
  if (code === 0x22) return readQuoted(text)
  if (code === 0x7c) return readBlock(cursor, text, indent + 2)
  if (text === 'true') return true
  if (text === 'false') return false
  if (text === 'null') return null
  if (text === '[]') return []
  if (text === '{}') return {}
  if (NUMBER.test(text)) {
    const number = Number(text)
    if (!Number.isFinite(number)) throw OTHER_STYLE
    return number
  }
  if ((PLAIN.test(text) && !WORD.test(text)) || TIMED.test(text)) return text
  throw OTHER_STYLE
}

/** Only the escapes that JSON and YAML share; half a character written as an escape is left to the package. */
function readQuoted(text: string): string {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'string' && !/\\u[dD][89a-fA-F]/.test(text)) return value
  } catch {
    // read by the package
  }
  throw OTHER_STYLE
}

function readBlock(cursor: Cursor, head: string, indent: number): string {
  if (head !== '|' && head !== '|-') throw OTHER_STYLE
  const lines: string[] = []
  for (;;) {
    const line = cursor.lines[cursor.at]
    if (line === undefined || (line !== '' && indentOf(line) < indent)) break
    lines.push(line.slice(indent))
    cursor.at++
  }
  const first = lines[0]
  if (
    first === undefined ||
    /^\s|^$/.test(first) ||
    lines.at(-1) === '' ||
    lines.some((line) => /[ \t]$/.test(line))
  )
    throw OTHER_STYLE
  return head === '|' ? `${lines.join('\n')}\n` : lines.join('\n')
}
