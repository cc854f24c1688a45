/**
 * What a store must do: the whole contract between operations and storage.
 * Rights, views, validation and HTTP are not known here; `Expr` is the only language.
 * A connector is opened with a StorageSchema (its part of the model, reduced to what storage needs).
 */
import type { DictValue, Expr, SortKey, Type } from '../expression/expr.ts'
import type { ChangeLog, Changes } from './changes.ts'
import type { FileStore } from './files/file-store.ts'

/** An item as kept. `doc` holds `_id`, every field of the view `save`, and `_meta`, as on the wire. */
export interface StoredItem {
  readonly _id: string
  /** opaque; differs for every write of that id, also after a delete and a new creation */
  readonly version: string
  /** parsed on first use; never changed by anyone */
  readonly doc: DictValue
  /** the JSON text of `doc`, where the store has it at hand and it was written under the model now served */
  readonly text?: string
  /** the doc as it is kept, where it was written under another shape: it may hold what `doc` does not show */
  readonly kept?: DictValue | undefined
}

/** How a relation is kept: in the item that owns it (a Ref), or as edges of their own. */
export interface StoredRelation {
  /** unique; the name of its first side */
  readonly name: string
  readonly kind: 'item' | 'edges'
  /** kind `item`: the side whose field is in the doc. kind `edges`: the left of each edge. */
  readonly owner: StoredSide
  /** kind `edges`: the table, collection or file of its edges; absent: its name */
  readonly source?: string
  /** the edges stand there with their ends exchanged: the other side was the owner once */
  readonly turned?: boolean
  /** where its edges may be still, as it or what it links was renamed; nearest first */
  readonly formerSources?: readonly FormerSource[]
  /** absent when the relation is one-way */
  readonly other?: StoredSide
  /** the collection at the far end of a one-way relation (else it is `other.collection`) */
  readonly target?: string
  /** both sides are the same field (friends <-> friends): an edge is seen from both of its ends */
  readonly symmetric: boolean
}

export interface FormerSource {
  readonly source: string
  readonly turned: boolean
}

export interface StoredSide {
  /** `<collection>.<dotted path>`, as in the `linked` steps of paths */
  readonly name: string
  readonly collection: string
  /** dotted; inside List items too: `lines.product` (kind `item`, then `inList` is true) */
  readonly path: string
  readonly many: boolean
  readonly inList: boolean
}

/** A scalar (or list of scalars) of a collection that can be indexed, by dotted path. */
export interface StoredField {
  /** dotted; through Dicts only */
  readonly path: string
  readonly type: Type
  readonly unique: boolean
  readonly index: boolean
}

export interface StoredIndex {
  readonly fields: readonly { readonly path: string; readonly descending: boolean }[]
  readonly unique: boolean
}

export interface StoredCollection {
  readonly name: string
  /** table, folder or collection name */
  readonly source: string
  /** where its items may be still, as it was renamed; nearest first */
  readonly formerSources?: readonly string[]
  /** every stored field that holds a scalar, through Dicts; `_id` and `_meta.*` too */
  readonly fields: readonly StoredField[]
  readonly indexes: readonly StoredIndex[]
  /** changes when the set of stored fields does: a doc written under another shape may lack fields */
  readonly shape: string
  /** gives a doc written under another shape the fields of this one (null where unset) */
  readonly complete: (doc: DictValue) => DictValue
  /**
   * what is wrong with a doc found in the store (yaml hand edits); empty when it fits the model. `isFormer`: a
   * dotted path that an older model had is no fault
   */
  readonly misfits: (doc: DictValue, isFormer?: (path: string) => boolean) => readonly string[]
  /** is all that the doc holds shown, each value under its name of now? absent: always */
  readonly isPlain?: (doc: DictValue) => boolean
  /** dotted paths of all that is stored, Dicts and elements too */
  readonly paths?: readonly string[]
  /** fields that `complete` takes from where a former name of theirs is; indexes are to be of what it shows */
  readonly renamed?: readonly StoredRename[]
  /** a doc that fits, written by hand, with its values as they are kept (`2001-02-03` is a time in UTC) */
  readonly normalise?: (doc: DictValue) => DictValue
}

export interface StoredRename {
  /** dotted; in elements too */
  readonly path: string
  /** a name beside it, in the same Dict */
  readonly former: string
}

/** The shape of docs that hold more than the model knows: never that of a collection. */
export const APART = '+'

/** The part of the model which one connector keeps. */
export interface StorageSchema {
  readonly collections: ReadonlyMap<string, StoredCollection>
  /** relations whose owner is kept here */
  readonly relations: readonly StoredRelation[]
}

export interface SelectQuery {
  readonly collection: string
  /** bound: no `current_user`, no `now()`; roots are `item` and quantifier names. null: every item */
  readonly where: Expr | null
  /** `_id` ascending is always added as the last key */
  readonly sort: readonly SortKey[]
  readonly skip: number
  readonly limit: number
  /** values of the sort keys, then the `_id`, of the last item of the page before */
  readonly after?: readonly (string | number | boolean | null)[]
  readonly total: boolean
}

export interface SelectResult {
  readonly items: readonly StoredItem[]
  /** when asked for */
  readonly total?: number
  /** `after` of the next page; absent when nothing follows */
  readonly next?: readonly (string | number | boolean | null)[]
}

export interface LinkedQuery {
  /** a derived side, or a side kept as edges: `addrs.users` */
  readonly side: string
  readonly ids: readonly string[]
  /** bound condition on the items at the other end (row rights); null: all */
  readonly where: Expr | null
}

export type Write =
  /**
   * fails with `exists` when the id is taken. `kept`, of an update too: what is stored in the doc's place, as it
   * holds what the model does not know; completed, it is the doc
   */
  | {
      readonly kind: 'insert'
      readonly collection: string
      readonly id: string
      readonly doc: DictValue
      readonly kept?: DictValue
    }
  /** fails with `version` when the stored version is another */
  | {
      readonly kind: 'update'
      readonly collection: string
      readonly id: string
      readonly doc: DictValue
      readonly version: string
      readonly kept?: DictValue
      /** the item of that version, where the writer has it as this store gave it: saves looking at it again */
      readonly was?: StoredItem
    }
  | {
      readonly kind: 'delete'
      readonly collection: string
      readonly id: string
      readonly version: string
    }
  /** idempotent; `owner` and `other` are ids at the two ends of an edge */
  | {
      readonly kind: 'link' | 'unlink'
      readonly relation: string
      readonly owner: string
      readonly other: string
    }
  /** takes every edge of that end away */
  | { readonly kind: 'unlink_all'; readonly side: string; readonly id: string }

/** What must hold, else nothing of the batch is kept: when all its writes are in, where not said otherwise. */
export type Check =
  /** the item is there (target of a reference) */
  | { readonly kind: 'exists'; readonly collection: string; readonly id: string }
  /** the item is still at the version that was read; asked before the writes are in */
  | {
      readonly kind: 'version'
      readonly collection: string
      readonly id: string
      readonly version: string
    }
  /** the ids linked at this side of this item number between min and max (both included) */
  | {
      readonly kind: 'count'
      readonly side: string
      readonly id: string
      readonly min: number
      readonly max: number
    }
  /** a query gives what it gave; asked, as `version` is, before the writes are in */
  | {
      readonly kind: 'select'
      readonly query: SelectQuery
      /** in order, of whole pages: `limit` and `skip` are those of the query */
      readonly items: readonly { readonly id: string; readonly version: string }[]
      /** when the query asks for it */
      readonly total?: number
    }

export interface Batch {
  readonly writes: readonly Write[]
  readonly checks: readonly Check[]
  /** logged with the commit; absent: nobody is to be told */
  readonly changes?: Changes
}

export interface CommitResult {
  /** in the order of the batch's inserts and updates */
  readonly versions: readonly {
    readonly collection: string
    readonly id: string
    readonly version: string
  }[]
}

/** `read` of one id, and `select`, of a store that has its items at hand. They throw what those reject with. */
export interface AtOnce {
  readonly read: (collection: string, id: string) => StoredItem | undefined
  /** undefined where it may take long: nobody else would be served meanwhile */
  readonly select: (query: SelectQuery) => SelectResult | undefined
  /** the same as texts of the docs; undefined where the store can't give them all without looking into them */
  readonly texts: (query: SelectQuery) => TextResult | undefined
}

export interface TextResult extends Omit<SelectResult, 'items'> {
  readonly texts: readonly string[]
}

export interface OpenOptions {
  /** what is there more than once though it must be unique is no reason not to open: see `unenforced` */
  readonly lenient?: boolean
}

/** How a store goes about a query, for people. */
export interface QueryPlan {
  /** what is asked of the store: SQL, or JSON; null: the items are in this process's memory */
  readonly statement: string | null
  /** of the question marks in it */
  readonly params: readonly unknown[]
  /** in the store's own words, a line each */
  readonly steps: readonly string[]
  /** fields of the indexes in use: `author`, `author, -year`, `_id` */
  readonly indexes: readonly string[]
  /** so many items are looked at, as no index tells which meet the condition; null: an index does, or none is asked */
  readonly scans: number | null
  /** all that meet the condition are sorted, for one page */
  readonly sorts: boolean
}

/** Items of a collection, or edges of a relation, that are kept under a former name. */
export interface FormerPlace {
  readonly kind: 'items' | 'edges'
  /** of the collection or relation */
  readonly name: string
  /** table, folder, collection or file */
  readonly from: string
  readonly to: string
  /** they are served from there; else there are others under the name of now, and these wait */
  readonly served: boolean
}

/** A store as it was at one moment: what is written later is not seen. */
export interface Snapshot extends Pick<Connector, 'read' | 'select' | 'linked'> {
  /** lets go of it */
  end(): Promise<void>
}

/**
 * One store. Methods may be called at once; `commit` applies all or nothing and is durable when it
 * resolves. A side of a one-way relation's far end has a name too (`<owner name>~`), for `linked`
 * and `count`: who refers to this item.
 */
export interface Connector {
  open(schema: StorageSchema, options?: OpenOptions): Promise<void>
  /** waits for commits under way, then lets go of files and sockets */
  close(): Promise<void>
  /** in the order of `ids`; undefined where there is none */
  read(collection: string, ids: readonly string[]): Promise<(StoredItem | undefined)[]>
  /** what the store can tell without waiting for anything; absent: everything waits */
  readonly atOnce?: AtOnce
  /**
   * A request has come in from the network: until this turn of the event loop ends, what is read may be of one moment.
   * To be called as it comes, before anything is waited for.
   */
  readonly arrived?: () => void
  select(query: SelectQuery): Promise<SelectResult>
  /** how `select` would go about it; absent: it can't tell */
  explain?(query: SelectQuery): Promise<QueryPlan>
  /** id -> linked ids. Edges in the order in which they were made; reverse of a Ref in order of `_id`. */
  linked(query: LinkedQuery): Promise<ReadonlyMap<string, readonly string[]>>
  /** rejects with StoreConflict (errors.ts) when a write or a check does not hold */
  commit(batch: Batch): Promise<CommitResult>
  /** the store of now, to be read for long while others write; absent: nobody else writes */
  snapshot?(): Promise<Snapshot>
  /** every item in order of `_id`, in bounded batches, as stored (not completed) */
  scan(collection: string, batchSize: number): AsyncIterable<readonly StoredItem[]>
  /** of those ids, the ones that `scan` gives and `read` does not, as they do not fit the model; absent: none */
  unserved?(collection: string, ids: readonly string[]): readonly string[]
  /** what is there of a collection and can't be read as items at all (broken files), by name; absent: none */
  unreadable?(collection: string): readonly string[]
  /** fields of unique rules of a collection that the store does not hold now, as they are broken; absent: none */
  unenforced?(collection: string): readonly (readonly string[])[]
  /** what is kept under former names still; absent: nothing ever is */
  former?(): readonly FormerPlace[]
  /**
   * gives what is kept of those collections and relations (by name) under former names the names of now. Nothing is
   * lost: what can't go there, as something is in its place, stays and is told by `former` again
   */
  settle?(names: ReadonlySet<string>): Promise<void>
  /** absent: nobody can be told of changes */
  readonly changes?: ChangeLog
  /** contents of files, kept beside the items */
  readonly files: FileStore
  /** rejects when the store can't be used now */
  health(): Promise<void>
  /** how many wait in the store's own queues, by their names; absent: it has none */
  waiting?(): Readonly<Record<string, number>>
}
