/** What `backo test` shows of a test, of the coverage, and at the end. */
import type { Covered } from '../trial/coverage.ts'
import type { ExpectationResult } from '../trial/bench.ts'
import type { TestResult } from '../trial/run-tests.ts'
import { decisionLines, excerpt, placeText, printable, type TextContext } from './decision-text.ts'

/** With a line break at the end. */
export function testText(test: TestResult, context: TextContext): string {
  const { paint } = context
  const mark = test.ok ? paint('green', '✓') : paint('red', '✗')
  const who = paint('dim', `as ${printable(test.as)}`)
  const head = `${mark} ${printable(test.name)}  ${who}`
  const lines = test.results.flatMap((result) => resultLines(result, context))
  return `${[head, ...lines].join('\n')}\n`
}

function resultLines(result: ExpectationResult, context: TextContext): readonly string[] {
  const { paint } = context
  const { text, ok, message, location, decisions } = result
  if (ok)
    return message === undefined
      ? []
      : [`    ${paint('dim', `${text}: refused with ${printable(message)}`)}`]
  const head = `${paint('red', `${printable(text)}, ${printable(message ?? '')}`)}  ${placeText(location, context)}`
  const why = decisions.flatMap((decision) => ['', ...decisionLines(decision, context)])
  return [
    ...[head, ...excerpt(location, context), ...why].map((line) =>
      line === '' ? '' : `    ${line}`,
    ),
    '',
  ]
}

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

export interface Totals {
  readonly tests: number
  readonly failed: number
  readonly expectations: number
  readonly milliseconds: number
}

export function totalsText(
  { tests, failed, expectations, milliseconds }: Totals,
  { paint }: TextContext,
): string {
  const passed = tests - failed
  const parts = [
    ...(failed > 0 ? [paint('red', `${failed} failed`)] : []),
    paint(failed > 0 ? 'dim' : 'green', `${passed} passed`),
  ]
  return `\n${plural(tests, 'test')}: ${parts.join(', ')} (${plural(expectations, 'expectation')}, ${Math.round(milliseconds)} ms)\n`
}

export const isCovered = ({ yes, no }: Covered): boolean => yes > 0 && no > 0

export function coverageText(rules: readonly Covered[], context: TextContext): string {
  const { paint } = context
  if (rules.length === 0) return ''
  const open = rules.filter((rule) => !isCovered(rule))
  const whole = rules.length - open.length
  const head = `rights and rules that were seen both to hold and not to: ${whole} of ${rules.length}`
  const rows = open.map((rule) => {
    const place = placeText(rule.location, context)
    return [paint('yellow', missing(rule)), printable(rule.name), place] as const
  })
  const width = Math.max(0, ...open.map((rule) => rule.name.length))
  const lines = rows.map(([what, name, place]) => `  ${what}  ${name.padEnd(width)}  ${place}`)
  return `${[paint(open.length === 0 ? 'green' : 'bold', head), ...lines].join('\n')}\n`
}

const missing = ({ yes, no }: Covered): string => {
  if (yes === 0 && no === 0) return 'never asked'
  return yes === 0 ? 'never true ' : 'never false'
}
