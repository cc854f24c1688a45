/**
 * Everything a field may say in expressions and hooks, compiled: which names each may use is here
 * (config.md "Expressions"). The structure of fields and their relations is known by now.
 */
import type { ConfigPath, FieldConfig } from '../config/config.ts'
import type { Scope, Type } from '../expression/expr.ts'
import type { Constraint, Rule } from './backoffice.ts'
import type { ComputedFields } from './computed.ts'
import { compileDefault } from './defaults.ts'
import type { FieldDraft, Origin } from './draft.ts'
import { compileEnum } from './enums.ts'
import { compileEvents, FIELD_EVENTS } from './events.ts'
import type { HookNames } from './hook-names.ts'
import type { Report } from './report.ts'
import { compileRight } from './rights.ts'
import { compileCondition, compileRule } from './rules.ts'
import type { Scopes } from './scope.ts'

/** What the compilation of one Dict's fields needs. */
export interface RuleTools {
  readonly report: Report
  readonly hooks: HookNames
  readonly scopes: Scopes
  readonly computed: ComputedFields
}

/** The names that a field's expressions may use, by what they are for. */
interface FieldScopes {
  readonly transform: Scope
  /** of `constraints` and `enum` */
  readonly check: Scope
  readonly default: Scope
  readonly set: Scope
  readonly read: Scope
  readonly modify: Scope
}

function fieldScopes({ valueType: value }: FieldDraft, item: Type, scopes: Scopes): FieldScopes {
  return {
    transform: scopes.of({ value }),
    check: scopes.of({ value, item }),
    default: scopes.item(item),
    set: scopes.of({ item }),
    read: scopes.right(item),
    modify: scopes.right(item, { next: item }),
  }
}

/** Notes what is computed, of all collections, before any expression is compiled. */
export function noteComputed(origins: readonly Origin[], item: Type, tools: RuleTools): void {
  for (const origin of origins) {
    const { set } = origin.config
    if (set === undefined) continue
    tools.computed.add(origin, fieldScopes(origin.field, item, tools.scopes).set, set)
  }
}

/** Fills in one field; `item` is the type that `item` has in its expressions. */
export function compileFieldRules(origin: Origin, item: Type, tools: RuleTools): void {
  const { field, config, at } = origin
  const scopes = fieldScopes(field, item, tools.scopes)
  const right = (
    option: 'exists' | 'can_read' | 'can_modify',
    scope: Scope,
  ): FieldDraft['exists'] => compileRight(config[option], { path: at(option), scope }, tools)
  field.exists = right('exists', scopes.read)
  field.canRead = right('can_read', scopes.read)
  field.canModify = right('can_modify', scopes.modify)
  field.set = tools.computed.of(field)
  field.transform = transformOf(origin, scopes.transform, tools.report)
  field.constraints = constraintsOf(config, at('constraints'), {
    scope: scopes.check,
    report: tools.report,
  })
  field.enum = compileEnum(origin, scopes.check, tools.report)
  field.default = compileDefault(origin, scopes.default, tools)
  if (config.onchange !== undefined)
    field.onchange = tools.hooks.check(config.onchange, at('onchange'))
  field.on = compileEvents(config.on ?? {}, { path: at('on'), known: FIELD_EVENTS }, tools)
}

function transformOf({ field, config, at }: Origin, scope: Scope, report: Report): Rule | null {
  if (config.transform === undefined) return null
  const place = { scope, path: at('transform'), expected: field.valueType }
  return compileRule(config.transform, place, report)
}

function constraintsOf(
  { constraints = [] }: FieldConfig,
  path: ConfigPath,
  { scope, report }: { readonly scope: Scope; readonly report: Report },
): readonly Constraint[] {
  const compiled = constraints.flatMap((said, i): Constraint[] => {
    const [text, at] =
      typeof said === 'string' ? [said, [...path, i]] : [said.expr, [...path, i, 'expr']]
    const rule = compileCondition(text, { scope, path: at }, report)
    if (rule === null) return []
    const message = typeof said === 'string' ? null : (said.message ?? null)
    return [Object.freeze({ rule, message })]
  })
  return Object.freeze(compiled)
}
