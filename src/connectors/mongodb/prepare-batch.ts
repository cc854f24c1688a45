/**
 * A batch made ready to be written, once for all its attempts: versions, docs as BSON, the order of new
 * links, and what must be guarded. Repeating it changes nothing that the first time has not.
 */
import { randomBytes } from 'node:crypto'
import type { Document } from 'mongodb'
import { StoreConflict } from '../../errors.ts'
import { APART } from '../connector.ts'
import type { Batch, Check, CommitResult, Write } from '../connector.ts'
import type { SelectCheck } from '../selected.ts'
import { encodeDoc } from './bson-doc.ts'
import { changeDoc } from './change-doc.ts'
import type { ChangeDoc } from './change-doc.ts'
import { shadowOf } from './shadows.ts'
import type { Shadow } from './shadows.ts'
import type { Store } from './store.ts'

export type ItemWrite = Extract<Write, { kind: 'insert' | 'update' | 'delete' }>
export type LinkWrite = Exclude<Write, ItemWrite>

export interface PreparedItem {
  readonly write: ItemWrite
  /** the new version; of a delete none */
  readonly version: string
  readonly doc: Document
  readonly shape: string
  readonly now?: Shadow | undefined
}

export type PreparedWrite =
  | { readonly kind: 'item'; readonly item: PreparedItem }
  | { readonly kind: 'link'; readonly write: LinkWrite; readonly seq: number }

/** An item that must stay as it is until the commit: it is written to, so that others clash. */
export interface Guard {
  readonly collection: string
  readonly id: string
  /** it must be there */
  readonly exists: boolean
}

export interface Prepared {
  readonly id: string
  readonly batch: Batch
  readonly writes: readonly PreparedWrite[]
  readonly versions: CommitResult['versions']
  readonly versionChecks: readonly Extract<Check, { kind: 'version' }>[]
  readonly countChecks: readonly Extract<Check, { kind: 'count' }>[]
  readonly selectChecks: readonly SelectCheck[]
  readonly guards: readonly Guard[]
  /** sides of items that are not kept here, whose count is checked; collections that were searched */
  readonly farGuards: readonly string[]
  readonly changes: readonly ChangeDoc[]
  /** batches of several requests: what of them does not hold is found out by each alone */
  readonly several?: true
}

const prefix = randomBytes(6).toString('base64url')
let counter = 0

/** Another at every call, in every process. */
const freshVersion = (): string => `${prefix}${(counter += 1).toString(36)}`

let lastSeq = 0

/** Grows; microseconds, so that links made by several processes are in order as far as their clocks are. */
function nextSeq(): number {
  const now = Math.floor((performance.timeOrigin + performance.now()) * 1000)
  return (lastSeq = Math.max(lastSeq + 1, now))
}

export function prepareBatch(store: Store, batch: Batch): Prepared {
  const writes = batch.writes.map((write) => prepareWrite(store, write))
  const versions = writes.flatMap((one) => {
    if (one.kind !== 'item' || one.item.write.kind === 'delete') return []
    const { collection, id } = one.item.write
    return { collection, id, version: one.item.version }
  })
  const countChecks = batch.checks.filter((check) => check.kind === 'count')
  return {
    id: freshVersion(),
    batch,
    writes,
    versions,
    versionChecks: batch.checks.filter((check) => check.kind === 'version'),
    countChecks,
    selectChecks: batch.checks.filter((check) => check.kind === 'select'),
    changes: (batch.changes?.items ?? []).map(changeDoc),
    ...guardsOf(store, batch),
  }
}

function prepareWrite(store: Store, write: Write): PreparedWrite {
  if (!isItemWrite(write))
    return { kind: 'link', write, seq: write.kind === 'link' ? nextSeq() : 0 }
  const layout = store.layoutOf(write.collection)
  const { stored, marks } = layout
  if (write.kind === 'delete')
    return { kind: 'item', item: { write, version: '', doc: {}, shape: stored.shape } }
  const version = freshVersion()
  return {
    kind: 'item',
    item: {
      write,
      version,
      doc: encodeDoc(write.kept ?? write.doc, marks),
      shape: write.kept === undefined ? stored.shape : APART,
      now: shadowOf(layout, write.doc, version),
    },
  }
}

export const isItemWrite = (write: Write): write is ItemWrite =>
  write.kind === 'insert' || write.kind === 'update' || write.kind === 'delete'

export const keyOf = (collection: string, id: string): string => `${collection}\0${id}`

/** What the batch itself does last to an item. */
function lastWrites(batch: Batch): ReadonlyMap<string, ItemWrite['kind']> {
  const last = new Map<string, ItemWrite['kind']>()
  for (const write of batch.writes)
    if (isItemWrite(write)) last.set(keyOf(write.collection, write.id), write.kind)
  return last
}

/** Items that the batch writes clash by that already. */
function guardsOf(store: Store, batch: Batch): Pick<Prepared, 'guards' | 'farGuards'> {
  const last = lastWrites(batch)
  const guards = new Map<string, Guard>()
  const farGuards = new Set<string>()
  const add = (collection: string, id: string, exists: boolean): void => {
    const key = keyOf(collection, id)
    const written = last.get(key)
    if (exists && written === 'delete') throw new StoreConflict({ kind: 'missing', collection, id })
    if (written !== undefined) return
    guards.set(key, { collection, id, exists: exists || guards.get(key)?.exists === true })
  }
  for (const check of batch.checks) {
    if (check.kind === 'exists') add(check.collection, check.id, true)
    // of two that search and then write one must see what the other wrote
    if (check.kind === 'select') farGuards.add(keyOf('select', check.query.collection))
    if (check.kind !== 'count') continue
    const { near } = store.side(check.side)
    if (near !== undefined && store.layout.collections.has(near)) add(near, check.id, false)
    else farGuards.add(keyOf(check.side, check.id))
  }
  return { guards: [...guards.values()], farGuards: [...farGuards] }
}

/** What may not be written by two commits of this process at once. */
export function lockKeys({ batch, guards, farGuards, versionChecks }: Prepared): string[] {
  const keys = new Set(farGuards)
  for (const { collection, id } of [...guards, ...versionChecks]) keys.add(keyOf(collection, id))
  for (const write of batch.writes)
    if (isItemWrite(write)) keys.add(keyOf(write.collection, write.id))
  return [...keys].toSorted()
}
