/**
 * Patterns of texts: from the texts in backo.yaml to matchers anchored at the start (RE2 syntax).
 * Knows no type.
 */
import { compilePattern, type Pattern } from '../../expression/regexp.ts'
import type { JsonSchema } from './field-type.ts'
import type { OptionReader } from './options.ts'

export type TextPattern = Pick<Pattern, 'source' | 'matchesStart'>

const PATTERN_TEXT = 'RE2 syntax; matched from the start of the text'

export const PATTERN_OPTIONS: Readonly<Record<string, JsonSchema>> = {
  pattern: { type: 'string', description: `A pattern the text must match (${PATTERN_TEXT})` },
  patterns: {
    oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
    description: `Patterns that the text must all match (${PATTERN_TEXT})`,
  },
  regexp: {
    oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
    description: 'Same as `patterns`',
  },
}

/** Compiles each; one that RE2 refuses is noted as a problem of option `patterns`. */
export function compilePatterns(raw: unknown, read: OptionReader): readonly TextPattern[] {
  if (raw === undefined || raw === null) return []
  const compiled: TextPattern[] = []
  for (const source of Array.isArray(raw) ? raw : [raw]) {
    if (typeof source !== 'string') {
      read.problem('patterns', 'a pattern must be a text')
      continue
    }
    const pattern = compilePattern(source)
    if (pattern.ok) compiled.push(pattern.value)
    for (const { message, hint } of pattern.ok ? [] : pattern.problems) {
      read.problem('patterns', `${message}: ${source}`, hint)
    }
  }
  return Object.freeze(compiled)
}

/** As JSON Schema has patterns, ECMA-262 with `u`; nothing for what RE2 writes in another way: `(?i)`, `\\A`, `[[:alpha:]]`. */
export function patternSchema(source: string): readonly JsonSchema[] {
  const pattern = `^(?:${source})`
  try {
    return [{ pattern: new RegExp(pattern, 'u').source }]
  } catch {
    return []
  }
}
