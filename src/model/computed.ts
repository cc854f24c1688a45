/**
 * Computed fields (`set`): compiled when first asked for, as one may name another; whether each is kept in
 * the doc; and the order in which they are worked out. A circle is a finding.
 */
import type { Expr, Scope } from '../expression/expr.ts'
import type { Field } from './backoffice.ts'
import type { Origin } from './draft.ts'
import { isReference } from './sides.ts'
import type { Report } from './report.ts'
import { callsAny, compileRule, someNode } from './rules.ts'

export interface ComputedFields {
  readonly add: (origin: Origin, scope: Scope, text: string) => void
  /** the rule, once every field is there; null where there is none or it has a fault */
  readonly of: (field: Field) => Field['set']
  /** the expression of one that is not kept */
  readonly onRead: (field: Field) => Expr | undefined
}

interface Entry {
  readonly origin: Origin
  readonly scope: Scope
  readonly text: string
  /** `running`: it is being compiled, and must not be named */
  state: 'new' | 'running' | 'done'
  set: Field['set']
}

export function createComputedFields(report: Report): ComputedFields {
  const entries = new Map<Field, Entry>()
  const of = (field: Field): Field['set'] => {
    const entry = entries.get(field)
    if (!entry) return null
    if (entry.state === 'running') tellCircle(entry.origin, report)
    if (entry.state !== 'new') return entry.set
    entry.state = 'running'
    entry.set = compileSet(entry, report)
    entry.state = 'done'
    return entry.set
  }
  return Object.freeze({
    add: (origin, scope, text) => {
      if (placeFits(origin, report)) {
        entries.set(origin.field, { origin, scope, text, state: 'new', set: null })
      }
    },
    of,
    onRead: (field) => {
      const set = entries.size === 0 ? null : of(field)
      return set && !set.stored ? set.rule.expr : undefined
    },
  } satisfies ComputedFields)
}

function placeFits({ field, at }: Origin, report: Report): boolean {
  if (isReference(field)) {
    report.error('BACKO_CONFIG_SET', at('set'), `a ${field.type.name} can't be computed`, {
      hint: 'a link is made by writing one of its sides',
    })
    return false
  }
  if (!field.inList) return true
  report.error(
    'BACKO_CONFIG_SET',
    at('set'),
    "a field inside a List can't be computed: `item` is the whole item",
    {
      hint: 'compute it in the item: `item.lines.map(line, line.price * line.count)`',
    },
  )
  return false
}

function compileSet({ origin, scope, text }: Entry, report: Report): Field['set'] {
  const { field, at } = origin
  const place = { scope, path: at('set'), expected: field.valueType }
  const rule = compileRule(text, place, report)
  if (rule === null) return null
  const late = rule.crossesReferences || callsAny(rule.expr, 'now')
  return Object.freeze({ rule, stored: !late && !field.views.out.has('save') })
}

function tellCircle({ field, at }: Origin, report: Report): void {
  report.error('BACKO_CONFIG_CIRCLE', at('set'), `computed field ${field.path} depends on itself`)
}

/** So that each may read those before it. What is not kept is put into the expressions that name it, and comes last. */
export function inOrder(fields: readonly Field[]): readonly Field[] {
  const ordered = new Set<Field>()
  const visit = (field: Field, within: readonly Field[]): void => {
    if (ordered.has(field) || within.includes(field)) return
    for (const other of fields)
      if (other !== field && reads(field, other)) visit(other, [...within, field])
    ordered.add(field)
  }
  const kept = fields.filter(({ set }) => set?.stored)
  for (const field of [...kept, ...fields]) visit(field, [])
  return Object.freeze([...ordered])
}

function reads({ set }: Field, other: Field): boolean {
  if (!set) return false
  return someNode(set.rule.expr, (node) => {
    if (node.kind !== 'path' || node.root !== 'item') return false
    const names = node.steps.map((step) => (step.kind === 'key' ? step.name : ''))
    const path = `${names.join('.')}.`
    return path.startsWith(`${other.path}.`) || `${other.path}.`.startsWith(path)
  })
}
