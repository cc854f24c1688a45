/**
 * `--set` and `--unset`: selectors checked against the model, then applied to stored docs. A name that meets a
 * list goes into its elements. Knows no store; whether a value fits is not asked here.
 */
import type { FieldError } from '../errors.ts'
import type { Value } from '../expression/expr.ts'
import { parseSelector, type SelectorStep } from '../expression/selector-text.ts'
import type { Field } from '../model/backoffice.ts'
import { isDict } from '../model/fields/parsed.ts'
import { nearest } from '../nearest.ts'
import { BadMigration } from './bad-migration.ts'

export interface Assignment {
  readonly kind: 'set' | 'unset'
  /** as written */
  readonly selector: string
  readonly value: Value
  readonly steps: readonly AssignStep[]
  /** what is not in the model is taken out; what is becomes null */
  readonly known: boolean
}

type AssignStep =
  /** `makes`: a Dict that is not there is made on the way */
  | { readonly kind: 'name'; readonly name: string; readonly makes: boolean }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'each' }

/** @throws BadMigration for a selector that names nothing which may be set */
export function compileSet(item: Field, selector: string, value: Value): Assignment {
  const { steps, problem } = resolve(item, namesOf(selector), selector)
  if (problem !== null) throw new BadMigration(problem.message, problem.hint)
  return { kind: 'set', selector, value, steps, known: true }
}

/** Fields which the model does not know may be named: they are what is taken out. */
export function compileUnset(item: Field, selector: string): Assignment {
  const { steps, problem } = resolve(item, namesOf(selector), selector)
  if (problem?.fatal === true) throw new BadMigration(problem.message, problem.hint)
  return { kind: 'unset', selector, value: null, steps, known: problem === null }
}

function namesOf(selector: string): readonly SelectorStep[] {
  const parsed = parseSelector(selector)
  if (!parsed.ok || parsed.value.steps.length === 0)
    throw new BadMigration(`${selector} is not a selector`, "for example '$.addr.city'")
  return parsed.value.steps
}

interface Problem {
  readonly message: string
  readonly hint?: string | undefined
  /** not even `--unset` may name it */
  readonly fatal: boolean
}

interface Resolved {
  readonly steps: readonly AssignStep[]
  readonly problem: Problem | null
}

const PROGRAMS_OWN: ReadonlySet<string> = new Set(['_id', '_meta'])
const NEVER: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

function resolve(item: Field, path: readonly SelectorStep[], selector: string): Resolved {
  const steps: AssignStep[] = []
  let field: Field | null = item
  let problem: Problem | null = null
  const fail = (message: string, fatal: boolean, hint?: string): void => {
    if (problem === null || fatal) problem = { message: `${selector}: ${message}`, fatal, hint }
  }
  for (const [at, step] of path.entries()) {
    if (step.kind === 'index') steps.push({ kind: 'index', index: step.index })
    else if (step.kind === 'wildcard') steps.push({ kind: 'each' })
    else if (step.kind !== 'name') fail('Must be made of names, [n] and [*]', true)
    else {
      const { name } = step
      if (at === 0 && PROGRAMS_OWN.has(name)) fail('Cannot be modified', true)
      if (NEVER.has(name)) fail(`${name} is never a field`, true)
      const next: Next = memberOf(field, name)
      if (next.kind === 'none') fail(next.why, false, hintOf(field, name))
      field = next.kind === 'field' ? next.field : null
      steps.push({ kind: 'name', name, makes: canHold(field) })
    }
  }
  if (field !== null && field.set !== null && problem === null)
    fail('Cannot be modified: it is computed', true)
  return { steps, problem }
}

type Next =
  | { readonly kind: 'field'; readonly field: Field }
  /** content that the model says nothing of */
  | { readonly kind: 'free' }
  | { readonly kind: 'none'; readonly why: string }

const FREE: Next = Object.freeze({ kind: 'free' })

function memberOf(field: Field | null, name: string): Next {
  if (field === null) return FREE
  const dict = elementOf(field)
  const member = dict.fields?.get(name)
  if (member !== undefined) return { kind: 'field', field: member }
  if (dict.side !== undefined)
    return { kind: 'none', why: `${dict.name} refers to ${dict.side.target}: migrate those` }
  if (dict.type.name === 'FreeDict' || dict.types !== undefined) return FREE
  return { kind: 'none', why: `Unknown field ${name}` }
}

/** Through Lists, as a name goes into their elements. */
function elementOf(field: Field): Field {
  const element = field.type.name === 'List' ? field.items?.[0] : undefined
  return element === undefined ? field : elementOf(element)
}

const canHold = (field: Field | null): boolean =>
  field === null || field.fields !== undefined || field.type.name === 'FreeDict'

function hintOf(field: Field | null, name: string): string | undefined {
  const known = field === null ? undefined : elementOf(field).fields?.keys()
  const near = known === undefined ? undefined : nearest(name, known)
  return near === undefined ? undefined : `did you mean ${near}?`
}

interface Target {
  readonly assignment: Assignment
  /** may the value at this place be replaced? */
  readonly allows: (path: string) => boolean
}

/**
 * Changes `doc` (which must be the caller's own).
 * @param faults null, or: only places at which one of these faults is are changed
 */
export function applyAssignments(
  doc: Record<string, Value>,
  assignments: readonly Assignment[],
  faults: readonly FieldError[] | null,
): void {
  const allows = (path: string): boolean =>
    faults === null ||
    faults.some(
      ({ path: at }) => at === path || at.startsWith(`${path}.`) || at.startsWith(`${path}[`),
    )
  for (const assignment of assignments) assign({ assignment, allows }, doc, 0, '$')
}

function assign(target: Target, holder: unknown, at: number, path: string): void {
  const step = target.assignment.steps[at]
  if (step === undefined) return
  if (Array.isArray(holder)) {
    for (const [index] of holder.entries()) {
      if (
        step.kind === 'index' &&
        index !== (step.index < 0 ? holder.length + step.index : step.index)
      )
        continue
      const here = `${path}[${index}]`
      if (step.kind === 'name') assign(target, holder[index], at, here)
      else
        place(
          target,
          { holder: holder as unknown as Slot['holder'], key: index, makes: false },
          at,
          here,
        )
    }
  } else if (step.kind === 'name' && isDict(holder)) {
    const slot = { holder: holder as Record<string, Value>, key: step.name, makes: step.makes }
    place(target, slot, at, `${path}.${step.name}`)
  }
}

interface Slot {
  readonly holder: Record<string | number, Value>
  readonly key: string | number
  readonly makes: boolean
}

function place(target: Target, { holder, key, makes }: Slot, at: number, path: string): void {
  const { assignment, allows } = target
  const last = at === assignment.steps.length - 1
  if (!last) {
    const inner = Object.hasOwn(holder, key) ? holder[key] : undefined
    const missing = inner === undefined || inner === null
    if (missing && makes && assignment.kind === 'set' && allows(path)) holder[key] = {}
    assign(target, Object.hasOwn(holder, key) ? holder[key] : undefined, at + 1, path)
  } else if (allows(path)) {
    if (assignment.kind === 'set') holder[key] = structuredClone(assignment.value)
    else if (!Object.hasOwn(holder, key)) return
    else if (assignment.known || Array.isArray(holder)) holder[key] = null
    else delete holder[key]
  }
}
