/**
 * Findings for people: place, message, the line of the file with the place underlined, hint, counts.
 * Prints nothing itself.
 */
import { relative } from 'node:path'
import type { ConfigSource, Finding, Location } from './config.ts'
import { hideCredentials } from './credentials.ts'
import { countText, pathText } from './findings.ts'

export interface FormatOptions {
  readonly color: boolean
  /** file names are shown relative to it; absolute without */
  readonly cwd?: string
  /** columns of the screen; default 120 */
  readonly width?: number
}

type Paint = (text: string, style: keyof typeof STYLES) => string

const STYLES = { error: '\u001b[31m', warning: '\u001b[33m', place: '\u001b[36m', dim: '\u001b[2m' }
const RESET = '\u001b[0m'
const TAB = '  '

/** The findings, each with its line and a caret, and a last line with the counts. Ends with a line break. */
export function formatFindings(
  findings: readonly Finding[],
  source: ConfigSource,
  options: FormatOptions,
): string {
  const paint: Paint = (text, style) => (options.color ? `${STYLES[style]}${text}${RESET}` : text)
  const lines = linesOf(source)
  const parts = findings.map((finding) => formatFinding(finding, { source, options, paint, lines }))
  const worst = findings.some(({ severity }) => severity === 'error') ? 'error' : 'warning'
  return `${[...parts, paint(countText(findings), worst)].join('\n')}\n`
}

interface Context {
  readonly source: ConfigSource
  readonly options: FormatOptions
  readonly paint: Paint
  readonly lines: (location: Location) => string | undefined
}

function formatFinding(finding: Finding, context: Context): string {
  const { source, options, paint, lines } = context
  const { severity, code, path, message, hint } = finding
  const location = finding.location ?? source.locate(path)
  const { file, line, column } = location
  const shown = options.cwd === undefined ? file : relative(options.cwd, file) || file
  const where = path.length > 0 ? ` (${pathText(path)})` : ''
  const text = printable(`${message}${where}`)
  const head = `${paint(`${shown}:${line}:${column}`, 'place')}  ${paint(severity, severity)}  ${text}  ${paint(code, 'dim')}`
  const quoted = lines(location)
  const body = quoted === undefined ? [] : excerpt(quoted, { ...location, severity }, context)
  return [head, ...body, ...(hint === undefined ? [] : [`    hint: ${printable(hint)}`]), ''].join(
    '\n',
  )
}

/** The line, and carets under the place; of a long line the part around it. */
function excerpt(
  text: string,
  location: Location & Pick<Finding, 'severity'>,
  { options, paint }: Context,
): readonly string[] {
  const { severity } = location
  const line = hideCredentials(text)
  const gutter = `${location.line} | `
  const width = Math.max(40, (options.width ?? 120) - gutter.length)
  const start = location.column - 1
  const from = line.length > width ? Math.max(0, Math.min(start - 20, line.length - width)) : 0
  const part = line.slice(from, from + width)
  const before = printable(part.slice(0, start - from))
  const marked = printable(part.slice(start - from, start - from + location.length))
  const under = `^${'~'.repeat(Math.max(0, columnsOf(marked) - 1))}`
  return [
    `${paint(gutter, 'dim')}${printable(part)}`,
    `${' '.repeat(gutter.length + columnsOf(before))}${paint(under, severity)}`,
  ]
}

/** Control characters, and those that turn the direction of writing: a terminal would obey them. */
const CONTROL = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu

/** Tabs as spaces, and nothing that a terminal would obey. */
function printable(text: string): string {
  return text.replaceAll('\t', TAB).replace(CONTROL, '\u00b7')
}

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60]/u
/** Marks on the letter before, joiners and selectors. */
const NO_WIDTH = /\p{Mark}|\p{Cf}/u

/** Columns that a terminal gives to the text. */
function columnsOf(text: string): number {
  let columns = 0
  for (const letter of text) {
    if (NO_WIDTH.test(letter)) continue
    columns += WIDE.test(letter) ? 2 : 1
  }
  return columns
}

/** Reader of lines; each file is split once. */
function linesOf({ texts }: ConfigSource): Context['lines'] {
  const split = new Map<string, readonly string[]>()
  return ({ file, line }) => {
    const text = texts.get(file)
    if (text === undefined) return undefined
    const lines = split.get(file) ?? text.split(/\r?\n/)
    split.set(file, lines)
    return lines[line - 1]
  }
}
