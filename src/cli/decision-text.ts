/** Decisions as a person reads them: the right, its line with a caret, and each part with its value. */
import { relative } from 'node:path'
import type { ConfigSource, Location } from '../config/config.ts'
import { hideCredentials } from '../config/credentials.ts'
import type { Decision, Part } from '../trial/decisions.ts'
import type { Paint } from './terminal.ts'

export interface TextContext {
  readonly paint: Paint
  readonly source: ConfigSource
  readonly cwd: string
}

export const placeText = (location: Location, { paint, cwd }: TextContext): string => {
  const file = relative(cwd, location.file) || location.file
  return paint('cyan', `${file}:${location.line}:${location.column}`)
}

const WORDS = { yes: 'true', no: 'false', unknown: 'unknown' } as const
const STYLES = { yes: 'green', no: 'red', unknown: 'yellow' } as const

/** Lines, without indentation. */
export function decisionLines(decision: Decision, context: TextContext): readonly string[] {
  const { paint } = context
  const { name, answer, location, item, asked, parts, text } = decision
  const of = item === undefined ? '' : paint('dim', ` (item ${printable(item)})`)
  const often = asked
    ? paint('dim', ` · asked of ${asked.yes + asked.no} items: ${asked.yes} true, ${asked.no} not`)
    : ''
  const place = location ? `  ${placeText(location, context)}` : ''
  const head = `${paint('bold', name)} is ${paint(STYLES[answer], WORDS[answer])}${of}${often}${place}`
  const quoted = location ? excerpt(location, context) : [`  ${text}`]
  return [head, ...quoted, ...partLines(parts, paint)]
}

/** The line of the file, and where in it. */
export function excerpt(location: Location, { source, paint }: TextContext): readonly string[] {
  const line = source.texts.get(location.file)?.split(/\r?\n/)[location.line - 1]
  if (line === undefined) return []
  const shown = printable(hideCredentials(line))
  const gutter = `${location.line} | `
  const under = `^${'~'.repeat(Math.max(0, Math.min(location.length, shown.length - location.column + 1) - 1))}`
  return [
    `${paint('dim', gutter)}${shown}`,
    `${' '.repeat(gutter.length + location.column - 1)}${paint('yellow', under)}`,
  ]
}

function partLines(parts: readonly Part[], paint: Paint): readonly string[] {
  const rows = parts.map((part) => ({
    part,
    text: `${'  '.repeat(part.depth)}${printable(part.text)}`,
  }))
  const width = Math.min(60, Math.max(0, ...rows.map(({ text }) => text.length)))
  return rows.map(({ part, text }) => {
    const value = paint(styleOf(part), valueText(part))
    const mark = part.decisive ? paint('bold', '>') : ' '
    return `  ${mark} ${text.padEnd(width)}  ${value}`
  })
}

const styleOf = ({ value, unknown, decisive }: Part): 'green' | 'red' | 'yellow' | 'dim' => {
  if (!decisive) return 'dim'
  if (unknown) return 'yellow'
  return value === true ? 'green' : value === false ? 'red' : 'dim'
}

function valueText({ value, unknown }: Part): string {
  if (unknown) return 'unknown'
  const text = JSON.stringify(value)
  return printable(text.length > 100 ? `${text.slice(0, 100)}…` : text)
}

const CONTROL = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu

/** Nothing that a terminal would obey. */
export const printable = (text: string): string =>
  text.replaceAll('\t', '  ').replace(CONTROL, '\u00b7')
