/**
 * Lines of NDJSON to rows: what is no JSON is told with its line and column, and the rest is read on. No more of the
 * file is in memory than a line. Knows no model.
 */
import type { DictValue } from '../expression/expr.ts'
import { parseJsonText } from '../json-text.ts'
import { BadTransfer } from './bad-transfer.ts'
import type { RawRow } from './row.ts'

/** Bytes of a line: the usual file fits in, as base64. */
export const MOST_OF_A_LINE = 2 ** 26

const NEWLINE = 0x0a
const BLANK = /^[\s\uFEFF]*$/

/** A line, or null in the place of one that is too long; `whole`: it ended in a newline. */
interface Line {
  readonly bytes: Buffer | null
  readonly whole: boolean
}

export async function* ndjsonRows(chunks: AsyncIterable<Buffer>): AsyncGenerator<RawRow> {
  let line = 0
  for await (const { bytes, whole } of linesOf(chunks)) {
    line++
    const row = bytes === null ? tooLong(line) : rowOf(bytes, line, whole)
    if (row) yield row
  }
}

async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let parts: Buffer[] = []
  let size = 0
  const take = (part: Buffer): void => {
    size += part.length
    // what is too long is passed over, not kept
    if (size <= MOST_OF_A_LINE) parts.push(part)
    else parts = []
  }
  const line = (whole: boolean): Line => {
    const bytes =
      size > MOST_OF_A_LINE ? null : parts.length === 1 ? parts[0] : Buffer.concat(parts)
    parts = []
    size = 0
    return { bytes: bytes ?? null, whole }
  }
  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      take(chunk.subarray(from, end))
      yield line(true)
      from = end + 1
    }
    if (from < chunk.length) take(chunk.subarray(from))
  }
  if (size > 0) yield line(false)
}

const faulty = (line: number, message: string): RawRow => ({ line, fault: { path: '$', message } })

const tooLong = (line: number): RawRow =>
  faulty(line, `the line is longer than ${MOST_OF_A_LINE / 2 ** 20} MiB`)

function rowOf(bytes: Buffer, line: number, whole: boolean): RawRow | null {
  const parsed = parseJsonText(bytes)
  if ('fault' in parsed) {
    const text = bytes.toString('utf8')
    if (BLANK.test(text)) return null
    if (line === 1 && /^\s*\[\s*$/.test(text)) throw anArray()
    const { at, fault } = parsed
    const cut = !whole && at !== undefined && at.column > text.trimEnd().length
    if (cut) return faulty(line, 'the file ends within this line: it is not all there')
    return faulty(line, at ? `bad JSON at column ${at.column}: ${fault}` : `the line ${fault}`)
  }
  const { value } = parsed
  if (line === 1 && Array.isArray(value)) throw anArray()
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return faulty(line, 'an item is a JSON object: {"name": "John"}')
  return { line, body: value as DictValue, size: bytes.length }
}

const anArray = (): BadTransfer =>
  new BadTransfer('this is a JSON array, not NDJSON', "one item a line: jq -c '.[]' makes it so")
