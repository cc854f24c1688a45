/**
 * One batch inside a transaction that others opened: its writes in order, then its checks.
 * Throws StoreConflict; what was done by then is for the caller to undo.
 */
import { StoreConflict } from '../../errors.ts'
import type { Batch, Check, CommitResult, SelectQuery, SelectResult, Write } from '../connector.ts'
import { expectSelected } from '../selected.ts'
import type { SqliteChangeLog } from './change-log.ts'
import type { Layout, Table } from './layout.ts'
import { versionText } from './rows.ts'
import type { Statements } from './statements.ts'
import { accessOf, countLinked, unlinkAll, writeEdge } from './write-edges.ts'
import { createItemWriter } from './write-items.ts'
import type { ItemWriter } from './write-items.ts'

export interface BatchWriter {
  readonly apply: (batch: Batch) => CommitResult
  /** undoes nothing: readies a batch that met a unique clash for a second try */
  readonly release: (batch: Batch) => void
  /** could the clash be with a value which the batch itself gives up? */
  readonly mayRelease: (batch: Batch, collection: string) => boolean
}

export interface BatchWriterInput {
  readonly layout: Layout
  readonly statements: Statements
  /** inside the transaction: what it counts must not be kept, as it may be undone */
  readonly select: (query: SelectQuery) => SelectResult
  readonly changes: Pick<SqliteChangeLog, 'append'>
}

type ItemWrite = Extract<Write, { kind: 'insert' | 'update' | 'delete' }>

export function createBatchWriter(input: BatchWriterInput): BatchWriter {
  const { layout, statements, changes } = input
  const nextVersion = versionClock()
  const writers = new Map<string, ItemWriter>()
  for (const [name, table] of layout.tables)
    writers.set(name, createItemWriter({ table, statements, nextVersion }))
  const writerOf = (collection: string): ItemWriter => {
    const writer = writers.get(collection)
    if (writer === undefined) throw new TypeError(`collection ${collection} is not kept here`)
    return writer
  }

  const writeItem = (write: ItemWrite): number | undefined => {
    const writer = writerOf(write.collection)
    switch (write.kind) {
      case 'insert':
        return writer.insert(write)
      case 'update':
        return writer.update(write)
      case 'delete':
        writer.delete(write.id, write.version)
        return undefined
    }
  }

  const check = checker(input)
  return {
    apply(batch) {
      const versions: CommitResult['versions'][number][] = []
      for (const one of batch.checks) if (isOfBefore(one)) check(one)
      for (const write of batch.writes) {
        if (!isItemWrite(write)) writeLinks(layout, statements, write)
        else {
          const version = writeItem(write)
          if (version === undefined) continue
          const { collection, id } = write
          versions.push({ collection, id, version: versionText(version) })
        }
      }
      for (const one of batch.checks) if (!isOfBefore(one)) check(one)
      changes.append(batch)
      return { versions }
    },
    release(batch) {
      for (const write of batch.writes)
        if (isItemWrite(write) && write.kind !== 'insert') {
          const writer = writerOf(write.collection)
          if (writer.hasUnique) writer.release(write.id)
        }
    },
    mayRelease: (batch, collection) =>
      batch.writes.filter(
        (write) => isItemWrite(write) && write.collection === collection && write.kind !== 'insert',
      ).length > 0 && batch.writes.length > 1,
  }
}

function writeLinks(
  layout: Layout,
  statements: Statements,
  write: Exclude<Write, ItemWrite>,
): void {
  if (write.kind === 'unlink_all')
    return unlinkAll(statements, accessOf(layout, write.side), write.id)
  const edges = layout.edges.get(write.relation)
  if (edges === undefined) throw new TypeError(`${write.relation} is not kept here as edges`)
  writeEdge(statements, edges, write)
}

const isItemWrite = (write: Write): write is ItemWrite =>
  write.kind === 'insert' || write.kind === 'update' || write.kind === 'delete'

/** Asked before the writes are in? */
const isOfBefore = ({ kind }: Check): boolean => kind === 'version' || kind === 'select'

/** Microseconds since 1970, but above the version before it and above every one given here. */
function versionClock(): (previous: number) => number {
  let last = 0
  return (previous) => {
    last = Math.max(
      previous + 1,
      last + 1,
      Math.floor((performance.timeOrigin + performance.now()) * 1000),
    )
    return last
  }
}

const isThere = ({ sql }: Table): string => `SELECT 1 FROM ${sql} WHERE id = ?`
const versionOf = ({ sql, docs }: Table): string =>
  `SELECT d.version FROM ${sql} t CROSS JOIN ${docs} d ON d.n = t.n WHERE t.id = ?`

function checker({ layout, statements, select }: BatchWriterInput): (check: Check) => void {
  const one = (collection: string, id: string, text: (table: Table) => string): unknown => {
    const table = layout.tables.get(collection)
    if (table === undefined) throw new TypeError(`collection ${collection} is not kept here`)
    return statements.get(text(table)).get(id)?.[0]
  }
  return (check) => {
    switch (check.kind) {
      case 'exists':
        if (one(check.collection, check.id, isThere) === undefined)
          throw new StoreConflict({ kind: 'missing', collection: check.collection, id: check.id })
        return
      case 'version': {
        const version = one(check.collection, check.id, versionOf)
        if (typeof version !== 'number' || versionText(version) !== check.version)
          throw new StoreConflict({ kind: 'version', collection: check.collection, id: check.id })
        return
      }
      case 'count': {
        // beyond what is asked for nothing needs to be counted; without a bound, only the minimum
        const bounded = check.max < Number.MAX_SAFE_INTEGER
        const limit = bounded ? check.max + 1 : check.min
        const count = countLinked(statements, accessOf(layout, check.side), { id: check.id, limit })
        if (count < check.min || (bounded && count > check.max))
          throw new StoreConflict({ kind: 'count', side: check.side, id: check.id })
        return
      }
      case 'select':
        expectSelected(check, select(check.query))
    }
  }
}
