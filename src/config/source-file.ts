/**
 * A file as it was read, and where an offset of it stands. Knows nothing of YAML.
 */
import type { Location } from './config.ts'

/** Offsets in characters, the end not included. */
export interface Span {
  readonly start: number
  readonly end: number
}

export interface SourceFile {
  /** absolute, or a made-up name such as `<text>` */
  readonly name: string
  readonly text: string
  /** offset of the first character of every line */
  readonly lines: readonly number[]
}

export function sourceFile(name: string, text: string): SourceFile {
  const lines = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.push(at + 1)
  return { name, text, lines }
}

/** Line and column (from 1) of a span; the length stops at the end of the span's first line. */
export function locationOf(file: SourceFile, span: Span): Location {
  const start = Math.min(Math.max(span.start, 0), file.text.length)
  const line = lineOf(file.lines, start)
  const lineStart = file.lines[line] ?? 0
  const rest = Math.max(lineEnd(file, line) - start, 0)
  const length = Math.max(1, Math.min(span.end - start, rest))
  return { file: file.name, line: line + 1, column: start - lineStart + 1, length }
}

/** Index of the line that holds the offset. */
function lineOf(lines: readonly number[], offset: number): number {
  let low = 0
  let high = lines.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((lines[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low
}

function lineEnd(file: SourceFile, line: number): number {
  const next = file.lines[line + 1]
  let end = next === undefined ? file.text.length : next - 1
  if (file.text[end - 1] === '\r') end -= 1
  return end
}
