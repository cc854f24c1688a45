/**
 * Actions of a collection: their arguments, rights, and what they set. Never runs one.
 */
import type { ActionConfig, ConfigPath, FieldConfig } from '../config/config.ts'
import { didYouMean } from '../expression/hint.ts'
import type { Action, Right } from './backoffice.ts'
import type { FieldBuilder } from './build-field.ts'
import type { CollectionDraft } from './draft.ts'
import { compileFieldRules, noteComputed, type RuleTools } from './field-rules.ts'
import { refuseFormerNames } from './former-names.ts'
import { buildArguments, isOwnField } from './item-field.ts'
import { checkLooseReferences } from './loose-references.ts'
import { ALWAYS, compileRight } from './rights.ts'
import { compileRule } from './rules.ts'
import { dottedOf } from './sides.ts'

export interface ActionTools extends RuleTools {
  readonly builder: FieldBuilder
  readonly collectionNames: readonly string[]
}

export function compileActions(
  collection: CollectionDraft,
  tools: ActionTools,
): ReadonlyMap<string, Action> {
  const { actions } = collection.config
  return new Map(
    Object.entries(actions).map(([name, config]) => {
      const path = [...collection.path, 'actions', name]
      return [name, compileAction({ collection, name, config, path }, tools)]
    }),
  )
}

/** The program's own, in collections that keep what was. `history`: an item goes back to a version too. */
export function restoreAction(
  collection: CollectionDraft,
  { history, canExecute }: { readonly history: boolean; readonly canExecute: Right },
  tools: ActionTools,
): Action {
  const name = RESTORE
  const path = [...collection.path, 'actions', name]
  if (Object.hasOwn(collection.config.actions, name)) {
    const why = 'the program gives this action to a collection with `history` or `soft_delete`'
    tools.report.error('BACKO_CONFIG_RESERVED_NAME', path, `${name}: ${why}`, {
      at: 'key',
      hint: 'give yours another name',
    })
  }
  const config = { schema: history ? { version: VERSION } : {} }
  return Object.freeze({
    name,
    description: history ? RESTORES_VERSIONS : RESTORES_DELETED,
    schema: compileArguments({ collection, name, config, path }, tools),
    exists: ALWAYS,
    canExecute,
    set: Object.freeze([]),
    hook: null,
    builtIn: RESTORE,
  })
}

const RESTORE = 'restore'
const RESTORES_DELETED = 'Brings a deleted item back'
const RESTORES_VERSIONS =
  'Takes the item back to a version of its history, or brings a deleted item back'
const VERSION: FieldConfig = Object.freeze({
  type: 'Int',
  min: 1,
  description: 'Of its history; a deleted item may go without: as it was last',
})

interface ActionSource {
  readonly collection: CollectionDraft
  readonly name: string
  readonly config: ActionConfig
  readonly path: ConfigPath
}

function compileAction(source: ActionSource, tools: ActionTools): Action {
  const { collection, name, config, path } = source
  const { report, hooks, scopes } = tools
  const item = collection.field.valueType
  const schema = compileArguments(source, tools)
  const action = schema.valueType
  if (config.hook === undefined && Object.keys(config.set ?? {}).length === 0) {
    report.warning('BACKO_CONFIG_ACTION_EMPTY', path, `action ${name} changes nothing`, {
      at: 'key',
      hint: 'give it `set` or `hook`',
    })
  }
  const seeing = { path: [...path, 'exists'], scope: scopes.right(item) }
  const running = { path: [...path, 'can_execute'], scope: scopes.right(item, { action }) }
  return Object.freeze({
    name,
    description: config.description ?? null,
    schema,
    exists: compileRight(config.exists, seeing, tools),
    canExecute: compileRight(config.can_execute, running, tools),
    set: compileSets(source, action, tools),
    hook: config.hook === undefined ? null : hooks.check(config.hook, [...path, 'hook']),
    builtIn: null,
  })
}

/** In the rules of arguments `item` is the arguments themselves. */
function compileArguments(
  { name, config, path }: ActionSource,
  tools: ActionTools,
): Action['schema'] {
  const place = { fields: config.schema, path: [...path, 'schema'] }
  const { field, origins } = buildArguments(tools.builder, name, place)
  checkLooseReferences(origins, tools.collectionNames, tools.report)
  refuseFormerNames(origins, tools.report)
  noteComputed(origins, field.valueType, tools)
  for (const origin of origins.toReversed()) compileFieldRules(origin, field.valueType, tools)
  return field
}

function compileSets(
  { collection, config, path }: ActionSource,
  action: Action['schema']['valueType'],
  { report, scopes }: ActionTools,
): Action['set'] {
  const scope = scopes.item(collection.field.valueType, { action })
  const sets = Object.entries(config.set ?? {}).flatMap(([selector, text]): Action['set'] => {
    const at = [...path, 'set', selector]
    const dotted = dottedOf(selector)
    const field = collection.fieldAt.get(dotted)
    if (!field) {
      report.error('BACKO_CONFIG_UNKNOWN_FIELD', at, `${collection.name} has no field ${dotted}`, {
        at: 'key',
        hint: didYouMean(dotted, collection.fieldAt.keys()),
      })
      return []
    }
    if (field.set || isOwnField(field)) {
      const why = field.set ? 'it is computed' : 'the program keeps it'
      report.error('BACKO_CONFIG_SET', at, `${dotted} can't be set: ${why}`, { at: 'key' })
    }
    const rule = compileRule(text, { scope, path: at, expected: field.valueType }, report)
    return rule ? [Object.freeze({ path: dotted, rule })] : []
  })
  return Object.freeze(sets)
}
