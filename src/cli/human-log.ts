/** Log lines (JSON, from log.ts) as a person reads them in a terminal. */
import type { LogStream } from '../log.ts'
import type { Output, Paint } from './terminal.ts'

const LEVELS = {
  trace: 'dim',
  debug: 'dim',
  info: 'green',
  warn: 'yellow',
  error: 'red',
  fatal: 'red',
} as const

/** A stream for log.ts: `12:30:05 info  http  message  key=value`. */
export const humanLog = (output: Output, paint: Paint): LogStream => ({
  write: (line) => {
    output.write(`${humanLine(line, paint)}\n`)
  },
})

export function humanLine(line: string, paint: Paint): string {
  const { level, time, logger, msg, err, ...rest } = JSON.parse(line) as Readonly<
    Record<string, unknown>
  >
  const style = Object.entries(LEVELS).find(([name]) => name === level)?.[1] ?? 'dim'
  const clock = typeof time === 'string' ? time.slice(11, 19) : ''
  const head = `${paint('dim', clock)} ${paint(style, String(level).padEnd(5))} ${paint('dim', String(logger))}`
  const fields = Object.entries(rest).map(
    ([key, value]) => ` ${paint('dim', `${key}=`)}${plain(value)}`,
  )
  return `${head} ${String(msg)}${fields.join('')}${stackOf(err)}`
}

const plain = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value)

function stackOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('stack' in error)) return ''
  return `\n${String(error.stack)}`
}
