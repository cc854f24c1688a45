/**
 * The compiled model: types only. Built once from a Config by compile.ts, frozen, swapped whole on reload.
 * Everything that operations, connectors, auth and http need to know of a backo.yaml is here.
 */
import type { ConfigPath } from '../config/config.ts'
import type {
  DictValue,
  Evaluate,
  Expr,
  Range,
  Scope,
  SortKey,
  Type,
  Value,
} from '../expression/expr.ts'
import type { StorageSchema, StoredCollection } from '../connectors/connector.ts'
import type { FieldType } from './fields/field-type.ts'

/** An expression of the file, checked and compiled: `expr` for the store, `evaluate` for memory. */
export interface Rule {
  readonly text: string
  readonly expr: Expr
  readonly evaluate: Evaluate
  /** the paths whose references must be loaded before `evaluate` (see expression/reads.ts) */
  readonly crossesReferences: boolean
  /** where its text stands in the file */
  readonly path: ConfigPath
  /** made when asked for: the same expression, and where its parts stand in the text */
  readonly parts: () => RuleParts
}

export interface RuleParts {
  readonly expr: Expr
  readonly ranges: ReadonlyMap<Expr, Range>
}

/** A right, or any yes/no that a file may give as a constant, an expression or a hook. */
export type Right =
  /** also an expression that folds to a constant; `said`: written in the file, not just the default */
  | { readonly kind: 'always'; readonly value: boolean; readonly said?: true }
  | {
      readonly kind: 'rule'
      readonly rule: Rule
      /** it names `item` or `next` */ readonly readsItem: boolean
    }
  | { readonly kind: 'hook'; readonly name: string }

export type Default =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'rule'; readonly rule: Rule }
  | { readonly kind: 'hook'; readonly name: string }

export interface Constraint {
  readonly rule: Rule
  /** null: "Constraint not met" with the rule's text */
  readonly message: string | null
}

/** Views a field is marked for: `!save` gives out = {save}, `client` gives only = {client}. */
export interface ViewMarks {
  readonly out: ReadonlySet<string>
  readonly only: ReadonlySet<string>
}

export interface Field {
  readonly name: string
  /** dotted from the item: `borrow.user`; elements of lists add nothing: `lines.price` */
  readonly path: string
  /** under a List, Tuple or In: values have no place of their own in the item */
  readonly inList: boolean
  readonly type: FieldType
  /** what expressions see */
  readonly valueType: Type
  readonly description: string | null
  readonly example: unknown
  readonly required: boolean
  readonly default: Default | null
  readonly enum: { readonly values: readonly Value[] } | { readonly rule: Rule } | null
  readonly transform: Rule | null
  readonly constraints: readonly Constraint[]
  /** computed; `stored` is false when it uses now(), passes references, or is in view `!save` */
  readonly set: { readonly rule: Rule; readonly stored: boolean } | null
  readonly exists: Right
  readonly canRead: Right
  readonly canModify: Right
  readonly onchange: string | null
  /** event -> names of hooks, in order */
  readonly on: ReadonlyMap<string, readonly string[]>
  readonly views: ViewMarks
  /** `renamed_from`, the latest first: where a doc of an older model holds the value */
  readonly formerNames: readonly string[]
  readonly index: boolean
  readonly unique: boolean
  /** the type's own options, compiled by its row (Int: {min,max}; String: {patterns,...}) */
  readonly options: Readonly<Record<string, unknown>>
  /** Dict (and the item itself) */
  readonly fields?: ReadonlyMap<string, Field>
  /** List: one; Tuple: one for each place */
  readonly items?: readonly Field[]
  /** In: the types it may be */
  readonly types?: readonly Field[]
  /** Ref, RefsList */
  readonly side?: RelationSide
  /** in the doc as kept: not linked, not in `!save`, not computed on read; a Dict is when one of its fields is */
  readonly stored: boolean
}

export type DeleteStrategy = 'MUST_BE_EMPTY' | 'DELETE_REFERENCED_ITEMS' | 'UNLINK_REFERENCED_ITEMS'

/** One field that refers to items. */
export interface RelationSide {
  /** `<collection>.<dotted path>` */
  readonly name: string
  readonly collection: string
  readonly path: string
  readonly target: string
  readonly many: boolean
  readonly inList: boolean
  readonly required: boolean
  /** lengths of a RefsList; null: not said */
  readonly min: number | null
  readonly max: number | null
  readonly ods: DeleteStrategy
  readonly fill: boolean
  /** `item`: the value is in the doc; `linked`: derived (or kept as edges), got by connector.linked */
  readonly kept: 'item' | 'linked'
  readonly relation: Relation
  /** the other side's field; null when one-way */
  readonly reverse: RelationSide | null
}

/**
 * A link between two collections, kept once.
 * kind `item`: in the doc of `owner` (Ref<->RefsList: the Ref; Ref<->Ref: the required one, else the
 * first by name; a one-way Ref). kind `edges`: many-to-many, a one-way RefsList, a side that is its own reverse.
 */
export interface Relation {
  readonly name: string
  readonly kind: 'item' | 'edges'
  readonly owner: RelationSide
  readonly other: RelationSide | null
  readonly symmetric: boolean
  /** name of the connector that keeps it: the owner's collection's */
  readonly storage: string
}

/**
 * Items linked to an item of a collection, as the deletion of that item must see them. One row for
 * - each two-way side of the collection: the items at its other end, with that side's own `ods`;
 * - each one-way RefsList of the collection: the items it lists, with its `ods` (`from` is null);
 * - each one-way Ref from elsewhere that points here: the items that hold it, with its `ods`;
 * - each one-way RefsList from elsewhere that points here: the items that list it, always UNLINK.
 * Items that the same unit of work deletes are never in the way. MUST_BE_EMPTY: 409 while there are
 * any; DELETE: they go too; UNLINK: `from` loses the id, and is 409 where that breaks it (a required
 * Ref; a RefsList that would fall under its `min`, or become empty when required).
 */
export interface IncomingReference {
  /** what to ask `linked` for, by the id that goes: `own.name`, or `<owner>~` of a one-way from elsewhere */
  readonly linkedSide: string
  /** this collection's own field; where `own.kept` is `item` the id is in the doc. null: one-way from elsewhere */
  readonly own: RelationSide | null
  /** the field of those items that holds or shows the link; null: nothing there tells of it */
  readonly from: RelationSide | null
  /** of those items */
  readonly collection: string
  /** what to do with them when the item goes */
  readonly strategy: DeleteStrategy
  readonly relation: Relation
}

export interface View {
  readonly name: string
  /** does the view show this field? Dicts are shown when one of their fields is. */
  readonly shows: (field: Field) => boolean
  /** every stored field, nothing derived or computed on read: the stored text may go out as it is */
  readonly whole: boolean
}

export interface Action {
  readonly name: string
  readonly description: string | null
  /** the arguments: a Dict */
  readonly schema: Field
  readonly exists: Right
  readonly canExecute: Right
  /** selector -> rule, applied together */
  readonly set: readonly { readonly path: string; readonly rule: Rule }[]
  readonly hook: string | null
  /** the program's own; null: the file's */
  readonly builtIn: 'restore' | null
}

export interface Selection {
  readonly name: string
  readonly description: string | null
  /** compiled by expression/selector.ts; `$._id` first */
  readonly selectors: readonly string[]
  readonly filter: Expr | null
  readonly sort: readonly SortKey[]
  readonly canRead: Right
  /** it gives items, not rows: `_all`, and those without selectors */
  readonly items: boolean
  /** it gives what was deleted: `_deleted`, with `soft_delete` */
  readonly deleted: boolean
}

export type IdRule =
  { readonly kind: 'uuidv7' | 'objectid' } | { readonly kind: 'rule'; readonly rule: Rule }

/** Stored collections that no route names: see companions.ts. null: it is not kept. */
export interface Companions {
  /** a row for each version of each item */
  readonly history: StoredCollection | null
  /** deleted items, by their `_id` */
  readonly deleted: StoredCollection | null
  /** a row for each content that an item holds, or held in a version that is kept */
  readonly files: StoredCollection | null
  /** sides kept as edges that an item shows: part of what is kept of it */
  readonly sides: readonly RelationSide[]
}

export interface Collection {
  readonly name: string
  readonly description: string | null
  readonly storage: string
  readonly source: string
  /** `renamed_from`, the latest first */
  readonly formerNames: readonly string[]
  readonly id: IdRule
  /** the item as a Dict field: `_id`, the fields, `_meta` */
  readonly item: Field
  /** every field with a place of its own, by dotted path: Dicts, `_id`, `_meta.ctime` too; not inside Lists */
  readonly fieldAt: ReadonlyMap<string, Field>
  readonly canRead: Right
  readonly canCreate: Right
  readonly canModify: Right
  readonly canDelete: Right
  readonly on: ReadonlyMap<string, readonly string[]>
  readonly views: ReadonlyMap<string, View>
  readonly actions: ReadonlyMap<string, Action>
  readonly selections: ReadonlyMap<string, Selection>
  readonly maxPage: number
  readonly history: boolean
  readonly softDelete: boolean
  /** what is kept beside the items, in the same storage */
  readonly companions: Companions
  /** this collection's reference fields */
  readonly sides: readonly RelationSide[]
  /** who refers to this collection's items */
  readonly incoming: readonly IncomingReference[]
  /** fields with `set`, in an order in which each may read those before it */
  readonly computed: readonly Field[]
  /** sides that an item shows though they are not in its doc (kept `linked`, not NOT_FILL) */
  readonly derived: readonly RelationSide[]
  /** fields whose `can_read` or `exists` is not plainly true, parents first, those inside Lists too */
  readonly guarded: readonly Field[]
  /** fields whose `can_modify` is not plainly true, parents first, those inside Lists too */
  readonly modifyGuarded: readonly Field[]
  /** Password fields: never out, whatever the view */
  readonly secret: readonly Field[]
  readonly stored: StoredCollection
}

/** An address that is told of changes. */
export interface Webhook {
  readonly name: string
  readonly url: string
  readonly secret: string
  readonly headers: Readonly<Record<string, string>>
  readonly events: ReadonlySet<string>
  /** what is shown of an item */
  readonly view: string
  /** milliseconds that an answer may take */
  readonly timeout: number
  /** after the first try */
  readonly retries: number
  /** milliseconds until the first of them; four times as long until each next, with chance in it */
  readonly backoff: number
  /** collections whose changes are told, each with its condition; null: all */
  readonly filters: ReadonlyMap<string, Expr | null>
}

export interface Backoffice {
  readonly name: string
  readonly description: string | null
  /** of the configuration's text: shown by /_health/ready */
  readonly hash: string
  readonly collections: ReadonlyMap<string, Collection>
  readonly sides: ReadonlyMap<string, RelationSide>
  readonly relations: readonly Relation[]
  /** type of current_user, with the fields added by the file */
  readonly currentUser: Field
  /** `item`, `current_user`, `now()`: what a client's filter, sort or selector on this collection may name, with guards */
  readonly scope: (collection: string) => Scope
  readonly webhooks: ReadonlyMap<string, Webhook>
  /** what each connector keeps, by storage name */
  readonly storage: ReadonlyMap<string, StorageSchema>
}

/** The item of a request, an action or a hook as it stands: stored fields and, where loaded, derived sides. */
export type ItemDoc = DictValue
