/**
 * JSON to YAML as we write it: block style, two spaces, one member a line, texts plain where no reader of
 * YAML (1.1 or 1.2) could take them for anything else. read-yaml.ts reads this subset quickly.
 */
import { stringify } from 'yaml'
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
// oxlint-disable-next-line no-control-regex
const NOT_IN_BLOCK =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|\p{Cs}/u

/** The text of one item; ends with a line end. */
export function writeYaml(doc: DictValue): string {
  const lines: string[] = []
  return addDict(lines, doc, '')
    ? `${lines.join('\n')}\n`
    : stringify(doc, { aliasDuplicateObjects: false, lineWidth: 0 })
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

/** false: something in it has to be written another way */
function addDict(lines: string[], dict: DictValue, indent: string, first = indent): boolean {
  let start = first
  for (const key of Object.keys(dict)) {
    if (key.length > LONGEST_KEY) return false
    if (!addMember(lines, `${start}${writeText(key)}:`, dict[key] ?? null, indent)) return false
    start = indent
  }
  return true
}

function addMember(lines: string[], head: string, value: Value, indent: string): boolean {
  if (Array.isArray(value) && value.length > 0) {
    lines.push(head)
    return addList(lines, value as readonly Value[], `${indent}  `)
  }
  if (isDict(value) && Object.keys(value).length > 0) {
    lines.push(head)
    return addDict(lines, value, `${indent}  `)
  }
  return addScalar(lines, head, value, indent)
}

function addList(lines: string[], list: readonly Value[], indent: string): boolean {
  for (const value of list) {
    if (isDict(value) && Object.keys(value).length > 0) {
      if (!addDict(lines, value, `${indent}  `, `${indent}- `)) return false
    } else if (Array.isArray(value) && value.length > 0) return false
    else if (!addScalar(lines, `${indent}-`, value, indent)) return false
  }
  return true
}

function addScalar(lines: string[], head: string, value: Value, indent: string): boolean {
  if (typeof value === 'string' && value.includes('\n') && isBlock(value)) {
    const ended = value.endsWith('\n')
    lines.push(`${head} ${ended ? '|' : '|-'}`)
    const body = ended ? value.slice(0, -1) : value
    for (const line of body.split('\n')) lines.push(line === '' ? '' : `${indent}  ${line}`)
  } else
    lines.push(`${head} ${typeof value === 'string' ? writeText(value) : JSON.stringify(value)}`)
  return true
}

/** May a text of several lines stand as a block? Its first line shows the indent, its last its end. */
function isBlock(text: string): boolean {
  return !/^[\s]|\n\n$|[ \t](?:\n|$)/.test(text) && !NOT_IN_BLOCK.test(text)
}
