/**
 * The text of selectors (`$.a.list[0].b`, `$..x`) and JSON Pointers to steps. Syntax only: names are
 * checked against the model in selector.ts.
 */
import type { Checked } from './expr.ts'

export type SelectorStep =
  | { readonly kind: 'name'; readonly name: string }
  /** from the end when negative */
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'slice'; readonly start: number; readonly end: number | null }
  | { readonly kind: 'wildcard' }
  /** every member of that name, however deep; `*`: everything */
  | { readonly kind: 'descent'; readonly name: string }
  /** `[-]`: behind the last element (PATCH only) */
  | { readonly kind: 'append' }

export interface Selector {
  /** as it was written */
  readonly text: string
  readonly steps: readonly SelectorStep[]
}

const LONGEST = 1000
const MOST_STEPS = 32
const NAME = String.raw`[^.\[\]'"*$\s()]+`
const STEP = new RegExp(
  [
    String.raw`\.\.(?<descent>${NAME}|\*)`,
    String.raw`\.(?<name>${NAME})`,
    String.raw`(?<wildcard>\.\*|\[\*\])`,
    String.raw`\[(?<index>-?\d{1,15})\]`,
    String.raw`\[(?<start>-?\d{0,15}):(?<end>-?\d{0,15})\]`,
    String.raw`\[(?:'(?<single>[^']*)'|"(?<double>[^"]*)")\]`,
    String.raw`(?<append>\[-\])`,
  ].join('|'),
  'y',
)

/** `$` in front may be left out: `addr.city`. */
export function parseSelector(text: string): Checked<Selector> {
  const rest = text.startsWith('$') ? text.slice(1) : `.${text}`
  const failed = (message: string): Checked<Selector> => ({
    ok: false,
    problems: [{ message, key: text.slice(0, 100) }],
  })
  if (text.length > LONGEST) return failed(`A selector has at most ${LONGEST} characters`)
  const steps: SelectorStep[] = []
  STEP.lastIndex = 0
  while (STEP.lastIndex < rest.length) {
    const match = STEP.exec(rest)
    if (match === null) return failed('Not a selector')
    if (steps.length === MOST_STEPS) return failed(`A selector has at most ${MOST_STEPS} steps`)
    steps.push(toStep(match.groups ?? {}))
  }
  return { ok: true, value: { text, steps } }
}

function toStep(groups: Readonly<Record<string, string | undefined>>): SelectorStep {
  const { descent, name, wildcard, index, start, end, append } = groups
  if (descent !== undefined) return { kind: 'descent', name: descent }
  if (wildcard !== undefined) return { kind: 'wildcard' }
  if (append !== undefined) return { kind: 'append' }
  if (index !== undefined) return { kind: 'index', index: Number(index) }
  if (start !== undefined) {
    return {
      kind: 'slice',
      start: Number(start),
      end: end === undefined || end === '' ? null : Number(end),
    }
  }
  return { kind: 'name', name: name ?? groups['single'] ?? groups['double'] ?? '' }
}

/** RFC 6901: `/a/b~1c/0` to `['a', 'b/c', '0']`; the empty text is the whole. */
export function parsePointer(text: string): Checked<readonly string[]> {
  if (text === '') return { ok: true, value: [] }
  if (!text.startsWith('/') || /~(?![01])/.test(text) || text.length > LONGEST) {
    return { ok: false, problems: [{ message: 'Not a JSON Pointer', key: text.slice(0, 100) }] }
  }
  const tokens = text.slice(1).split('/')
  return {
    ok: true,
    value: tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~')),
  }
}

/**
 * The path of a patch operation as tokens of RFC 6902: `$.a.list[-]` to `['a', 'list', '-']`, `$.list[0]` to
 * `['list', '0']`. A negative index stays as it is (`'-1'`: from the end). Slices and wildcards are problems.
 */
export function selectorToKeys(text: string): Checked<readonly string[]> {
  const selector = parseSelector(text)
  if (!selector.ok) return selector
  const keys: string[] = []
  for (const step of selector.value.steps) {
    if (step.kind === 'name') keys.push(step.name)
    else if (step.kind === 'index') keys.push(String(step.index))
    else if (step.kind === 'append') keys.push('-')
    else
      return { ok: false, problems: [{ message: 'Must name one place', key: text.slice(0, 100) }] }
  }
  return { ok: true, value: keys }
}
