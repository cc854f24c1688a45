/** Rules that are always true, or always false: they decide nothing, which is rarely what was meant. */
import type { Config, ConfigPath, YesNo } from '../../config/config.ts'
import type { Expr } from '../../expression/expr.ts'
import type { Backoffice, Collection, Field, Right } from '../backoffice.ts'
import type { Report } from '../report.ts'
import { within } from '../within.ts'
import { along } from './fields-read.ts'
import { placeOf } from './place.ts'
import { verdictOf, type Known, type Verdict } from './verdict.ts'

interface Asked {
  readonly at: ConfigPath
  /** null: it was folded when it was compiled */
  readonly expr: Expr | null
  readonly folded?: boolean
  /** the field that `value` is of */
  readonly field?: Field
}

export function lintConstantRules(config: Config, model: Backoffice, report: Report): void {
  for (const collection of model.collections.values()) {
    for (const asked of askedIn(collection, config)) {
      const verdict = verdictIn(asked, collection, model)
      if (verdict === null) continue
      report.warning(
        'BACKO_CONFIG_CONSTANT',
        asked.at,
        `this is always ${String(verdict.holds)}: ${verdict.why}`,
        { hint: `write ${String(verdict.holds)} if that is meant, or leave it out` },
      )
    }
  }
}

function verdictIn(asked: Asked, { name }: Collection, model: Backoffice): Verdict | null {
  if (asked.expr === null)
    return { holds: asked.folded === true, why: 'it does not depend on anything' }
  return verdictOf(asked.expr, ({ root, steps }) => {
    if (root === 'value') return asked.field && steps.length === 0 ? knownOf(asked.field) : null
    if (root !== 'item' && root !== 'next') return null
    const { collection, path } = along({ collection: name, path: '' }, steps, model, [])
    const field = model.collections.get(collection)?.fieldAt.get(path)
    return field ? knownOf(field) : null
  })
}

/** What a value of the field, where there is one, is known to be. */
function knownOf({ enum: choices, options, type }: Field): Known {
  const isNumber = type.name === 'Int' || type.name === 'Float'
  const bound = (value: unknown): number | null =>
    isNumber && typeof value === 'number' ? value : null
  return {
    choices: choices && 'values' in choices ? choices.values : null,
    min: bound(options['min']),
    max: bound(options['max']),
  }
}

function askedIn(collection: Collection, config: Config): readonly Asked[] {
  const { name, actions, selections } = collection
  const said = config.collections[name]
  if (!said) return []
  const base = ['collections', name]
  const rights = [
    ...rightAt(collection.canRead, said.can_read, [...base, 'can_read']),
    ...rightAt(collection.canCreate, said.can_create, [...base, 'can_create']),
    ...rightAt(collection.canModify, said.can_modify, [...base, 'can_modify']),
    ...rightAt(collection.canDelete, said.can_delete, [...base, 'can_delete']),
  ]
  const ofActions = [...actions.values()].flatMap((action) => {
    const own = said.actions[action.name]
    const at = [...base, 'actions', action.name]
    return [
      ...rightAt(action.exists, own?.exists, [...at, 'exists']),
      ...rightAt(action.canExecute, own?.can_execute, [...at, 'can_execute']),
    ]
  })
  const ofSelections = [...selections.values()].flatMap((selection) => {
    const at = [...base, 'selections', selection.name]
    return [
      ...rightAt(selection.canRead, said.selections[selection.name]?.can_read, [...at, 'can_read']),
      ...(selection.filter ? [{ at: [...at, 'filter'], expr: selection.filter }] : []),
    ]
  })
  return [...rights, ...ofActions, ...ofSelections, ...within(collection.item).flatMap(ofField)]

  function ofField(field: Field): readonly Asked[] {
    if (field.path === '') return []
    const at = (key: string, ...more: ConfigPath): ConfigPath =>
      placeOf(name, field.path, key, ...more)
    return [
      ...field.constraints.map(({ rule }, index) => ({
        at: at('constraints', index),
        expr: rule.expr,
        field,
      })),
      ...(field.enum && 'rule' in field.enum
        ? [{ at: at('enum'), expr: field.enum.rule.expr, field }]
        : []),
      ...ruleAt(field.exists, at('exists')),
      ...ruleAt(field.canRead, at('can_read')),
      ...ruleAt(field.canModify, at('can_modify')),
    ]
  }
}

const ruleAt = (right: Right, at: ConfigPath): readonly Asked[] =>
  right.kind === 'rule' ? [{ at, expr: right.rule.expr }] : []

/** An expression that was folded is a plain yes or no by now: only the file tells that it was one. */
function rightAt(right: Right, said: YesNo | undefined, at: ConfigPath): readonly Asked[] {
  if (said === undefined) return []
  const isText = typeof said === 'string' || (typeof said === 'object' && 'expr' in said)
  if (right.kind === 'always' && isText) return [{ at, expr: null, folded: right.value }]
  return ruleAt(right, at)
}
