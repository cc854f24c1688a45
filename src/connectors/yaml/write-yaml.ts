/**
 * JSON to YAML as we write it: block style, two spaces, one member a line, texts plain where no reader of
 * YAML (1.1 or 1.2) could take them for anything else. read-yaml.ts reads this subset quickly.
 */
import type { DictValue, Value } from '../../expression/expr.ts'

/** keys longer than this can't be written plainly in YAML */
const LONGEST_KEY = 1000

const PLAIN = /^[\p{L}_][\p{L}\p{N}_@/+().;!-]*(?: [\p{L}\p{N}_@/+().;!'&-]+)*$/u
/** starts with a digit, but has what no number has */
const NUMBERED = /^[0-9]+(?: [\p{L}][\p{L}\p{N}_/().-]*)+$/u
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const FLOW = /^[A-Za-z_][A-Za-z0-9_@.+-]*$/
const WORDS = /^(?:null|true|false|yes|no|on|off|y|n|_)$/i
/** what a block of lines can't hold as it is: control characters, odd line ends, half characters */
const NOT_IN_BLOCK =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|\p{Cs}/u

/** The text of one item; ends with a line end. */
export function writeYaml(doc: DictValue): string {
  const lines: string[] = []
  addDict(lines, doc, '')
  return lines.length === 0 ? '{}\n' : `${lines.join('\n')}\n`
}

/** Is a text safe to stand without quotes? */
function isPlain(text: string): boolean {
  if (text.length > 200) return false
  return (
    (PLAIN.test(text) && !WORDS.test(text)) ||
    UUID.test(text) ||
    TIMESTAMP.test(text) ||
    NUMBERED.test(text)
  )
}

/** A text on one line. */
export function writeText(text: string): string {
  return isPlain(text) ? text : quoted(text)
}

/** A text in a list on one line (`[a, b]`), where commas and brackets mean something. */
export function writeFlowText(text: string): string {
  const plain = (FLOW.test(text) && !WORDS.test(text)) || UUID.test(text)
  return plain ? text : quoted(text)
}

/** JSON's escapes are YAML's too; what YAML counts as a line end or does not print is escaped. */
function quoted(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const isDict = (value: Value): value is DictValue =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function addDict(lines: string[], dict: DictValue, indent: string, first = indent): void {
  let start = first
  for (const key of Object.keys(dict)) {
    const value = dict[key] ?? null
    if (key.length <= LONGEST_KEY) addValue(lines, `${start}${writeText(key)}:`, value, indent)
    else {
      lines.push(`${start}? ${quoted(key)}`)
      addValue(lines, `${indent}:`, value, indent)
    }
    start = indent
  }
}

function addList(lines: string[], list: readonly Value[], indent: string): void {
  for (const value of list) {
    if (isDict(value) && Object.keys(value).length > 0)
      addDict(lines, value, `${indent}  `, `${indent}- `)
    else addValue(lines, `${indent}-`, value, indent)
  }
}

/** A value after its key or dash, which ends `head`. */
function addValue(lines: string[], head: string, value: Value, indent: string): void {
  if (Array.isArray(value) && value.length > 0) {
    lines.push(head)
    addList(lines, value as readonly Value[], `${indent}  `)
  } else if (isDict(value) && Object.keys(value).length > 0) {
    lines.push(head)
    addDict(lines, value, `${indent}  `)
  } else addScalar(lines, head, value, indent)
}

function addScalar(lines: string[], head: string, value: Value, indent: string): void {
  if (typeof value === 'string' && value.includes('\n') && isBlock(value)) {
    const ended = value.endsWith('\n')
    lines.push(`${head} ${ended ? '|' : '|-'}`)
    const body = ended ? value.slice(0, -1) : value
    for (const line of body.split('\n')) lines.push(line === '' ? '' : `${indent}  ${line}`)
  } else
    lines.push(`${head} ${typeof value === 'string' ? writeText(value) : JSON.stringify(value)}`)
}

/** May a text of several lines stand as a block? Its first line shows the indent, its last its end. */
function isBlock(text: string): boolean {
  return !/^[\s]|\n\n$|[ \t](?:\n|$)/.test(text) && !NOT_IN_BLOCK.test(text)
}
