/**
 * Calls as CEL makes them: the result's type from the table, calls over literals worked out at once,
 * and literals that can never do (a bad pattern, a date that is none, 1 / 0) told when the file is loaded.
 */
import { call, typeOf } from './build.ts'
import type { Checker } from './cel-check.ts'
import { fault } from './cel-check.ts'
import type { Expr, Range, Value } from './expr.ts'
import { literal } from './expr.ts'
import { functionRow } from './functions.ts'
import { compilePattern } from './regexp.ts'
import { isZone } from './time.ts'

export function callFunction(
  fn: string,
  args: readonly Expr[],
  { checker, range }: { readonly checker: Checker; readonly range: Range },
): Expr {
  const row = functionRow(fn)
  const type = row.result(args.map(typeOf))
  const complaint = literalFault(fn, args[1])
  if (complaint !== undefined) return fault(checker, range, complaint.message, complaint.hint)
  if (row.volatile || !args.every((arg) => arg.kind === 'literal')) return call(fn, args, type)
  const values = args.map((arg) => (arg.kind === 'literal' ? arg.value : null))
  if (row.strict && values.includes(null)) return call(fn, args, type)
  const value = row.evaluate(...(values as Value[]))
  if (value !== null || !row.strict) return literal(value, type)
  return fault(checker, range, `${describe(fn)} of these values has no result`)
}

const describe = (fn: string): string => (fn.startsWith('to_') ? `${fn.slice(3)}()` : fn)

interface Complaint {
  readonly message: string
  readonly hint?: string | undefined
}

function literalFault(fn: string, second: Expr | undefined): Complaint | undefined {
  if (second?.kind !== 'literal' || typeof second.value !== 'string') return undefined
  if (fn === 'matches' || fn === 'matches_start') {
    const pattern = compilePattern(second.value)
    return pattern.ok ? undefined : pattern.problems[0]
  }
  if (fn.startsWith('get_') && !isZone(second.value))
    return { message: `Unknown time zone "${second.value}"` }
  return undefined
}
