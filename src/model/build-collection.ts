/**
 * A collection, from its draft to its compiled form, once every field of the model has its rules.
 */
import type { ConfigPath, YesNo } from '../config/config.ts'
import { STRING, type Scope } from '../expression/expr.ts'
import { compileActions, restoreAction, type ActionTools } from './actions.ts'
import type { Action, Collection, Field, IdRule, RelationSide, Right } from './backoffice.ts'
import { buildCompanions } from './companions.ts'
import { inOrder } from './computed.ts'
import type { CollectionDraft } from './draft.ts'
import { compileEvents, ITEM_EVENTS } from './events.ts'
import { incomingOf } from './incoming.ts'
import { isAlways, compileRight } from './rights.ts'
import { compileRule } from './rules.ts'
import { compileSelections } from './selections.ts'
import { storedCollection } from './storage.ts'
import { buildViews } from './views.ts'
import { holdsFile } from './values/field-facts.ts'
import { within } from './within.ts'

export interface CollectionTools extends ActionTools {
  readonly sides: ReadonlyMap<string, RelationSide>
  readonly defaultRights: YesNo
  readonly clientScope: (collection: string) => Scope
}

export type CollectionRights = Pick<Collection, 'canRead' | 'canCreate' | 'canModify' | 'canDelete'>

/** The four rights; `default_rights` where the collection says nothing. */
export function compileRights(
  { field, config, path }: CollectionDraft,
  tools: Omit<CollectionTools, 'clientScope'>,
): CollectionRights {
  const item = field.valueType
  const plain = tools.scopes.right(item)
  const right = (
    option: 'can_read' | 'can_create' | 'can_modify' | 'can_delete',
    scope: Scope,
  ): Right => {
    const said = config[option]
    const at: ConfigPath = said === undefined ? ['default_rights'] : [...path, option]
    // nothing said anywhere is `true` too, and shows as not said in `_meta`
    const usual = tools.defaultRights === true ? undefined : tools.defaultRights
    return compileRight(said ?? usual, { path: at, scope }, tools)
  }
  return {
    canRead: right('can_read', plain),
    canCreate: right('can_create', plain),
    canModify: right('can_modify', tools.scopes.right(item, { next: item })),
    canDelete: right('can_delete', plain),
  }
}

export function buildCollection(
  draft: CollectionDraft,
  rights: CollectionRights,
  tools: CollectionTools,
): Collection {
  const { name, config, path, field: item } = draft
  const sides = [...tools.sides.values()].filter(({ collection }) => collection === name)
  const stored = storedCollection(draft, tools.report)
  const all = within(item)
  const lasting = all.filter(({ path: at }) => at !== '')
  return Object.freeze({
    name,
    description: config.description ?? null,
    storage: config.storage,
    source: config.source ?? name,
    formerNames: Object.freeze([...(config.renamed_from ?? [])]),
    id: idOf(draft, tools),
    item,
    fieldAt: draft.fieldAt,
    ...rights,
    on: compileEvents(config.on, { path: [...path, 'on'], known: ITEM_EVENTS }, tools),
    views: buildViews(item),
    actions: actionsOf(draft, rights, tools),
    selections: compileSelections(draft, tools.clientScope(name), tools),
    maxPage: config.max_page,
    history: config.history,
    softDelete: config.soft_delete,
    companions: buildCompanions(stored, sides, { ...config, files: holdsFile(item) }),
    sides: Object.freeze(sides),
    incoming: incomingOf(name, tools.sides.values()),
    computed: inOrder(all.filter(({ set }) => set !== null)),
    derived: Object.freeze(sides.filter(({ kept, fill }) => kept === 'linked' && fill)),
    guarded: Object.freeze(lasting.filter(isGuarded)),
    modifyGuarded: Object.freeze(lasting.filter(({ canModify }) => !isAlways(canModify))),
    secret: Object.freeze(all.filter(({ type }) => type.secret === true)),
    stored,
  } satisfies Collection)
}

function actionsOf(
  draft: CollectionDraft,
  { canModify, canCreate }: CollectionRights,
  tools: CollectionTools,
): ReadonlyMap<string, Action> {
  const own = compileActions(draft, tools)
  const { history, soft_delete } = draft.config
  if (!history && !soft_delete) return own
  const restore = restoreAction(
    draft,
    { history, canExecute: history ? canModify : canCreate },
    tools,
  )
  return new Map([...own, [restore.name, restore]])
}

const isGuarded = ({ canRead, exists }: Field): boolean => !isAlways(canRead) || !isAlways(exists)

function idOf({ field, config, path }: CollectionDraft, tools: CollectionTools): IdRule {
  const said = config.id
  if (typeof said === 'string') return Object.freeze({ kind: said })
  const place = {
    scope: tools.scopes.item(field.valueType),
    path: [...path, 'id', 'expr'],
    expected: STRING,
  }
  const rule = compileRule(said.expr, place, tools.report)
  return rule ? Object.freeze({ kind: 'rule', rule }) : Object.freeze({ kind: 'uuidv7' })
}
