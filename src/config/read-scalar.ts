/**
 * A scalar of YAML -> its node, variables filled in; and how readers of YAML say what is wrong, and where.
 * Knows no key of the format.
 */
import type { Node, Scalar } from 'yaml'
import type { ConfigPath, Finding } from './config.ts'
import type { ScalarNode, ScalarStyle, ScalarValue } from './node.ts'
import { offsetIn } from './scalar-offset.ts'
import { locationOf, type SourceFile, type Span } from './source-file.ts'
import type { Report } from './syntax.ts'
import { plainScalar, substitute, type Environment } from './variables.ts'

/** The file that is read, and what it is read with. */
export interface ReadingFile {
  readonly file: SourceFile
  readonly environment: Environment
  readonly report: Report
}

export function readScalar(reading: ReadingFile, scalar: Scalar, path: ConfigPath): ScalarNode {
  const style = STYLES[scalar.type ?? 'PLAIN'] ?? 'plain'
  const span = spanOf(scalar)
  const node = { kind: 'scalar', file: reading.file, span, style, size: 1, height: 1 } as const
  if (typeof scalar.value !== 'string' || !scalar.value.includes('${'))
    return { ...node, value: valueOf(scalar) }
  const { text, problems } = substitute(scalar.value, reading.environment)
  for (const { message, hint, at, length } of problems) {
    const start = offsetIn({ ...node, value: scalar.value }, at) ?? span.start
    const place = { start, end: start + length }
    say(reading, { code: 'BACKO_CONFIG_VARIABLE', path, message, span: place, hint })
  }
  if (problems.length > 0) return { ...node, value: text, faulty: true }
  const plain = plainScalar(text)
  return style === 'plain'
    ? { ...node, value: plain, filled: { other: text } }
    : { ...node, value: text, filled: { other: plain } }
}

function valueOf({ value, source }: Scalar): ScalarValue {
  const simple = value === null || typeof value === 'number' || typeof value === 'boolean'
  return simple || typeof value === 'string' ? value : (source ?? null)
}

const STYLES: Readonly<Record<string, ScalarStyle>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
}

/** Nothing; faulty when something was said about what should be there. */
export function nothing({ file }: ReadingFile, span: Span, faulty = true): ScalarNode {
  const node = { kind: 'scalar', file, span, style: 'plain', value: null } as const
  return { ...node, size: 1, height: 1, ...(faulty ? { faulty } : {}) }
}

export function spanOf(node: Node): Span {
  const [start, end] = node.range ?? [0, 0]
  return { start, end }
}

export function say(
  { file, report }: ReadingFile,
  found: Omit<Finding, 'severity' | 'hint' | 'location'> & {
    readonly span: Span
    readonly hint?: string | undefined
  },
): void {
  const { span, hint, ...finding } = found
  const location = locationOf(file, span)
  report({ severity: 'error', ...finding, ...(hint === undefined ? {} : { hint }), location })
}
