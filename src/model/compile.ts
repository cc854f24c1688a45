/**
 * Config -> Backoffice: pure, frozen, every problem of the file in one go.
 * The stages: structure of all fields, relations, views' marks, expressions, collections, lint.
 */
import type { Config, ConfigSource, Finding } from '../config/config.ts'
import type { Scope } from '../expression/expr.ts'
import type { Backoffice, Collection } from './backoffice.ts'
import { buildCollection, compileRights, type CollectionRights } from './build-collection.ts'
import { checkTests } from './check-tests.ts'
import { checkNamedType, type FieldBuilder } from './build-field.ts'
import { createComputedFields } from './computed.ts'
import type { CollectionDraft, DictDraft } from './draft.ts'
import { compileFieldRules, noteComputed, type RuleTools } from './field-rules.ts'
import { checkFormerCollections, checkFormerNames, refuseFormerNames } from './former-names.ts'
import { freezeFields } from './freeze.ts'
import { FIELD_TYPES } from './fields/index.ts'
import { createHookNames } from './hook-names.ts'
import { buildCurrentUser, buildItem, USER_FIELDS } from './item-field.ts'
import { lintConfig, lintModel } from './lint.ts'
import { checkLooseReferences } from './loose-references.ts'
import { markFields } from './marks.ts'
import { buildRelations, type Relations } from './relations.ts'
import { createReport, type Report, type WatchRule } from './report.ts'
import { conditionOf } from './rights.ts'
import { clientScope, createScopes } from './scope.ts'
import { storageSchemas } from './storage.ts'
import { checkIndexOptions, markStored } from './stored-fields.ts'
import { withOutbox } from './outbox.ts'
import { checkWebhookViews, compileWebhooks } from './webhooks.ts'

export interface Loaded {
  readonly config: Config
  readonly source: ConfigSource
  /** of the texts read, see LoadedConfig */
  readonly hash?: string
}

export interface Compiled {
  /** absent when there is an error among the findings */
  readonly backoffice?: Backoffice
  /** in order of file, line and column */
  readonly findings: readonly Finding[]
}

/** `hooks`: the exports of the hooks modules by name; null when they were not loaded. */
export function compileModel(
  loaded: Loaded,
  hooks: ReadonlyMap<string, unknown> | null,
  watch?: WatchRule,
): Compiled {
  const { config, source } = loaded
  const report = createReport(source, watch)
  const drafts = draftModel(config, report)
  const { names, collections, currentUser, relations } = drafts
  const scopes = createScopes({
    itemType: (name) => collections.get(name)?.field.valueType,
    currentUser: currentUser.field,
  })
  const { builder, computed } = drafts
  const tools: RuleTools = { report, hooks: createHookNames(hooks, report), scopes, computed }
  compileRules([currentUser, ...collections.values()], tools)
  for (const draft of collections.values()) {
    markStored(draft)
    checkIndexOptions(draft, report)
  }

  const more = {
    ...tools,
    builder,
    collectionNames: names,
    sides: relations.sides,
    defaultRights: config.default_rights,
  }
  const rights = new Map(
    [...collections].map(([name, draft]) => [name, compileRights(draft, more)]),
  )
  const scope = clientScopes(collections, rights, scopes.item)
  const built = new Map<string, Collection>()
  for (const [name, draft] of collections) {
    const own = rights.get(name)
    if (own) built.set(name, buildCollection(draft, own, { ...more, clientScope: scope }))
  }
  const webhooks = compileWebhooks(config, collections, tools)
  lintConfig(config, collections, tools)
  checkWebhookViews(webhooks, built, report)
  lintModel(config, { collections: built, relations: relations.relations }, report)
  if (report.failed()) return { findings: report.findings() }
  freezeFields([currentUser, ...collections.values()], relations)
  const backoffice: Backoffice = Object.freeze({
    name: config.name,
    description: config.description ?? null,
    hash: loaded.hash ?? '',
    collections: built,
    sides: relations.sides,
    relations: relations.relations,
    currentUser: currentUser.field,
    scope,
    webhooks,
    storage: storageOf(config, { built, relations, webhooks }),
  })
  checkTests(config, backoffice, report)
  if (report.failed()) return { findings: report.findings() }
  return { backoffice, findings: report.findings() }
}

interface Kept {
  readonly built: ReadonlyMap<string, Collection>
  readonly relations: Relations
  readonly webhooks: Backoffice['webhooks']
}

function storageOf(
  { storage }: Config,
  { built, relations, webhooks }: Kept,
): Backoffice['storage'] {
  const schemas = storageSchemas(Object.keys(storage), built.values(), relations.relations)
  return withOutbox(schemas, webhooks, built)
}

interface Drafts {
  readonly names: readonly string[]
  readonly builder: FieldBuilder
  readonly computed: RuleTools['computed']
  readonly currentUser: DictDraft
  readonly collections: ReadonlyMap<string, CollectionDraft>
  readonly relations: Relations
}

/** Structure, relations and marks: all that expressions must know before the first is read. */
function draftModel(config: Config, report: Report): Drafts {
  const names = Object.keys(config.collections)
  const computed = createComputedFields(report)
  const shapes = {
    hasCollection: (name: string) => Object.hasOwn(config.collections, name),
    computedOnRead: computed.onRead,
  }
  const builder: FieldBuilder = { types: config.types, shapes, report }
  checkOwnNames(config, report)
  checkFormerCollections(config, report)
  for (const name of Object.keys(config.types)) checkNamedType(builder, name)
  const currentUser = buildCurrentUser(builder, config.current_user.fields)
  checkLooseReferences(currentUser.origins, names, report)
  refuseFormerNames(currentUser.origins, report)
  const collections = new Map(names.map((name) => [name, draftCollection(builder, config, name)]))
  for (const draft of collections.values()) checkFormerNames(draft, report)
  const relations = buildRelations([...collections.values()], report)
  for (const draft of collections.values()) markFields(draft, report)
  return { names, builder, computed, currentUser, collections, relations }
}

/** Names that are the program's own: a second meaning would be passed over in silence. */
function checkOwnNames(config: Config, report: Report): void {
  const reserved = 'BACKO_CONFIG_RESERVED_NAME'
  for (const name of Object.keys(config.types)) {
    const message = `${name} is a type of the program`
    if (FIELD_TYPES.has(name)) report.error(reserved, ['types', name], message, { at: 'key' })
  }
  for (const name of Object.keys(config.current_user.fields)) {
    const message = `current_user has ${name} already`
    const path = ['current_user', 'fields', name]
    if (USER_FIELDS.includes(name)) report.error(reserved, path, message, { at: 'key' })
  }
}

function draftCollection(builder: FieldBuilder, all: Config, name: string): CollectionDraft {
  const config = all.collections[name]
  if (!config) throw new Error(`no collection ${name}`)
  const path = ['collections', name]
  const draft = buildItem(builder, name, { fields: config.fields, path: [...path, 'fields'] })
  const placed = draft.origins.filter(({ field }) => field.path !== '' && !field.inList)
  const fieldAt = new Map(placed.map(({ field }) => [field.path, field]))
  return { ...draft, name, config, path, fieldAt }
}

/** Computed fields are noted first, as any expression may name them; a Dict comes after what is in it. */
function compileRules(dicts: readonly DictDraft[], tools: RuleTools): void {
  for (const { field, origins } of dicts) noteComputed(origins, field.valueType, tools)
  for (const { field, origins } of dicts) {
    for (const origin of origins.toReversed()) compileFieldRules(origin, field.valueType, tools)
  }
}

/** What clients may name of a collection; made once for each. */
function clientScopes(
  collections: ReadonlyMap<string, CollectionDraft>,
  rights: ReadonlyMap<string, CollectionRights>,
  scopeOf: (item: CollectionDraft['field']['valueType']) => Scope,
): Backoffice['scope'] {
  const guards = new Map(
    [...rights].map(([name, { canRead }]) => {
      const open = canRead.kind === 'always' && canRead.value
      return [name, open ? null : conditionOf(canRead)]
    }),
  )
  const scopes = new Map(
    [...collections].map(([name, { field }]) => [
      name,
      clientScope(scopeOf(field.valueType), (collection) => guards.get(collection) ?? null),
    ]),
  )
  return (name) => {
    const scope = scopes.get(name)
    if (!scope) throw new Error(`no collection ${name}`)
    return scope
  }
}
