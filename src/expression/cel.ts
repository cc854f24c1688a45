/**
 * CEL text to Expr. The text is parsed by cel-js (only its parser: its own types refuse null and numbers)
 * and checked against the scope, where every field may be null. All problems are collected, with ranges.
 */
import { ParseError, parse } from '@marcbachmann/cel-js'
import { typeOf } from './build.ts'
import type { ASTNode } from './cel-check.ts'
import { coerce, newChecker } from './cel-check.ts'
import { checkNode, placeOf } from './cel-node.ts'
import type { Checked, Expr, ExprProblem, Range, Scope, Type } from './expr.ts'
import { describeType, fits } from './types.ts'

const LONGEST_TEXT = 20_000

export interface ParseOptions {
  /** what the text must give; another type is a problem */
  readonly expected?: Type | undefined
  /** filled with the places of the nodes in the text, for who explains it (see trace.ts) */
  readonly ranges?: Map<Expr, Range> | undefined
}

/** `expected`: what the text must give; another type is a problem. */
export const parseCel = (text: string, scope: Scope, expected?: Type): Checked<Expr> =>
  parseNoting(text, scope, { expected })

export function parseNoting(
  text: string,
  scope: Scope,
  { expected, ranges }: ParseOptions,
): Checked<Expr> {
  if (text.length > LONGEST_TEXT)
    return failed([{ message: `Longer than ${LONGEST_TEXT} characters` }])
  let ast: ASTNode
  try {
    ;({ ast } = parse(text))
  } catch (error) {
    return failed([parseProblem(error, text)])
  }
  const checker = newChecker(scope, { check: checkNode, place: placeOf, ...(ranges && { ranges }) })
  const expr = coerce(checkNode(ast, checker), expected ?? { kind: 'dyn' })
  if (checker.problems.length > 0) return failed(checker.problems)
  if (expected !== undefined && !fits(typeOf(expr), expected)) {
    const message = `Must give ${describeType(expected)}, gives ${describeType(typeOf(expr))}`
    return failed([{ message, range: { start: 0, end: text.length } }])
  }
  return { ok: true, value: expr }
}

const failed = (problems: readonly ExprProblem[]): Checked<Expr> => ({ ok: false, problems })

function parseProblem(error: unknown, text: string): ExprProblem {
  // a long row of `!` or `-` is the one thing that the parser's own limits let through
  if (error instanceof RangeError)
    return { message: 'Too deeply nested', range: { start: 0, end: text.length } }
  if (!(error instanceof ParseError)) throw error
  const start = Math.min(error.range?.start ?? 0, text.length)
  const end = Math.max(start, Math.min(error.range?.end ?? text.length, text.length))
  if (text.trim() === '') return { message: 'An expression is empty', range: { start, end } }
  return { message: error.summary, range: { start, end }, ...parseHint(text, start) }
}

/** Words of other languages that people try. */
function parseHint(text: string, start: number): { hint?: string } {
  const rest = text.slice(start)
  if (/^(and|or|not)\b/.test(rest)) return { hint: 'CEL writes && || !' }
  if (/^=[^=]/.test(rest)) return { hint: 'Equality is ==' }
  return {}
}
