/**
 * From a character of a text's value to its offset in the file, for carets inside expressions.
 * Knows how YAML writes texts; gives nothing where it can't be sure.
 */
import type { ScalarNode } from './node.ts'

type Written = Pick<ScalarNode, 'file' | 'span' | 'style' | 'value' | 'filled'>

/** Offset in the file of the character `index` of the node's text; undefined when not known exactly. */
export function offsetIn(node: Written, index: number): number | undefined {
  // what a variable put in is not in the file
  if (node.filled || typeof node.value !== 'string') return undefined
  const source = node.file.text.slice(node.span.start, node.span.end)
  const within = offsetInSource(node.style, source, node.value, index)
  return within === undefined ? undefined : node.span.start + within
}

function offsetInSource(
  style: ScalarNode['style'],
  source: string,
  value: string,
  index: number,
): number | undefined {
  switch (style) {
    case 'plain':
      return source === value ? index : undefined
    case 'single':
      return walk(source, index, (at) => (source.startsWith("''", at) ? 2 : 1))
    case 'double':
      return walk(source, index, (at) => escapeLength(source, at))
    case 'literal':
      return offsetInLiteral(source, value, index)
    case 'folded':
      return undefined
  }
}

/** Walks a quoted text on one line: `step` is how many characters of the source make the next one. */
function walk(
  source: string,
  index: number,
  step: (at: number) => number | undefined,
): number | undefined {
  if (source.includes('\n')) return undefined
  let at = 1
  for (let count = 0; count < index && at < source.length; count++) {
    const length = step(at)
    if (length === undefined) return undefined
    at += length
  }
  return at
}

const LONG_ESCAPES: Readonly<Record<string, number>> = { x: 4, u: 6 }

function escapeLength(source: string, at: number): number | undefined {
  if (source[at] !== '\\') return 1
  const letter = source[at + 1] ?? ''
  // \U may make two characters
  return letter === 'U' ? undefined : (LONG_ESCAPES[letter] ?? 2)
}

/** `|`: the lines stand as they are, each behind the same indent. */
function offsetInLiteral(source: string, value: string, index: number): number | undefined {
  const before = value.slice(0, index).split('\n')
  const lines = source.split('\n')
  const texts = value.split('\n')
  const column = before.at(-1)?.length ?? 0
  const line = lines[before.length]?.replace(/\r$/, '')
  const text = texts[before.length - 1]
  if (line === undefined || text === undefined || !line.endsWith(text)) return undefined
  const start = lines.slice(0, before.length).reduce((sum, { length }) => sum + length + 1, 0)
  return start + (line.length - text.length) + column
}
