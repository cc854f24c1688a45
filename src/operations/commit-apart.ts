/**
 * A unit of work whose writes go to several stores: no transaction holds them together, so each is kept by
 * itself, and when a later one refuses, what the earlier ones kept is taken back. Those of one process go one
 * after the other, so that they can't pass each other. A crash in between leaves a part (config.md: not atomic).
 */
import type { Changes } from '../connectors/changes.ts'
import type { Batch, CommitResult, StoredItem, Write } from '../connectors/connector.ts'
import { backoError } from '../errors.ts'
import { connectorOf, type Context, type Running } from './context.ts'

type Versions = CommitResult['versions']

export interface Apart {
  readonly ctx: Context
  /** by storage */
  readonly parts: readonly (readonly [string, Batch])[]
  readonly send: (storage: string, batch: Batch) => Promise<CommitResult>
}

const queues = new WeakMap<Running, Promise<unknown>>()

/** @throws StoreConflict when a store refuses, and nothing is kept; BACKO_STORE_PARTIAL when it could not be taken back */
export function commitApart(apart: Apart): Promise<Versions> {
  const { running } = apart.ctx
  const before = queues.get(running) ?? Promise.resolve()
  const done = before.then(() => commitInOrder(apart))
  queues.set(
    running,
    done.catch(() => undefined),
  )
  return done
}

interface Kept {
  readonly storage: string
  readonly writes: readonly Write[]
  readonly before: Before
  readonly versions: Versions
  readonly changes: Changes | undefined
}

const keepsAnything = ({ writes, changes }: Batch): boolean =>
  writes.length > 0 || (changes?.items.length ?? 0) > 0

async function commitInOrder(apart: Apart): Promise<Versions> {
  const { parts, send } = apart
  // what a store refuses before anything is written need not be taken back
  for (const [storage, batch] of parts) {
    const checks = askable(batch)
    if (checks.length > 0) await send(storage, { writes: [], checks })
  }
  const writing = parts.filter(([, batch]) => keepsAnything(batch)).toSorted(byRisk)
  const kept: Kept[] = []
  for (const [storage, batch] of writing) {
    try {
      const before = await itemsBefore(apart, storage, batch.writes)
      const { versions } = await send(storage, batch)
      kept.push({ storage, writes: batch.writes, before, versions, changes: batch.changes })
    } catch (error) {
      await takeBack(apart, kept, error)
      throw error
    }
  }
  return kept.flatMap(({ versions }) => versions)
}

type Before = ReadonlyMap<string, StoredItem>

/** What is about to be changed or deleted. */
async function itemsBefore(
  { ctx }: Apart,
  storage: string,
  writes: readonly Write[],
): Promise<Before> {
  const ids = new Map<string, string[]>()
  for (const write of writes) {
    if (write.kind !== 'update' && write.kind !== 'delete') continue
    ids.set(write.collection, [...(ids.get(write.collection) ?? []), write.id])
  }
  const before = new Map<string, StoredItem>()
  for (const [collection, wanted] of ids) {
    for (const item of await connectorOf(ctx.running, storage).read(collection, wanted))
      if (item) before.set(keyOf({ collection, id: item._id }), item)
  }
  return before
}

/** What can be asked without the writes: versions of all that is changed, and the checks on what is not made here. */
function askable({ writes, checks }: Batch): Batch['checks'] {
  const versions = writes.flatMap((write) =>
    write.kind === 'update' || write.kind === 'delete'
      ? { ...placeOf(write), kind: 'version' as const, version: write.version }
      : [],
  )
  const made = new Set(writes.flatMap((write) => (write.kind === 'insert' ? keyOf(write) : [])))
  const nothingWritten = writes.length === 0
  return [
    ...versions,
    ...checks.filter(
      (check) =>
        check.kind === 'version' ||
        check.kind === 'select' ||
        (check.kind === 'exists' && !made.has(keyOf(check))) ||
        (check.kind === 'count' && nothingWritten),
    ),
  ]
}

interface Place {
  readonly collection: string
  readonly id: string
}

const keyOf = ({ collection, id }: Place): string => `${collection}/${id}`
const placeOf = ({ collection, id }: Place): Place => ({ collection, id })

type Part = Apart['parts'][number]

/** First who may still refuse: values that are taken, ids, numbers of links. */
const byRisk = ([, a]: Part, [, b]: Part): number => riskOf(b) - riskOf(a)

const riskOf = ({ writes, checks }: Batch): number =>
  writes.filter(({ kind }) => kind === 'insert' || kind === 'update').length +
  checks.filter(({ kind }) => kind === 'count').length

/** Undoes what was kept, the last first. */
async function takeBack(apart: Apart, kept: readonly Kept[], cause: unknown): Promise<void> {
  for (const { storage, writes, before, versions, changes } of kept.toReversed()) {
    try {
      await apart.send(storage, {
        writes: inverse(writes, versions, before),
        checks: [],
        ...(changes && { changes: undone(changes) }),
      })
    } catch (error) {
      const items = versions.map(keyOf)
      apart.ctx.log.warn({ err: error, cause, storage, items }, 'only a part of a change was kept')
      throw backoError(
        'BACKO_STORE_PARTIAL',
        'one storage has kept its part of the change, another has refused the rest; it has been logged',
        { cause: error },
      )
    }
  }
}

/** Those who were told are told the contrary. */
const undone = ({ wanted, items }: Changes): Changes => ({
  wanted,
  items: items.toReversed().map(({ event, before, after, ...change }) => ({
    ...change,
    event: event === 'created' ? 'deleted' : event === 'deleted' ? 'created' : event,
    before: after,
    after: before,
  })),
})

function inverse(writes: readonly Write[], versions: Versions, before: Before): readonly Write[] {
  const versionOf = new Map(versions.map((each) => [keyOf(each), each.version]))
  return writes.toReversed().flatMap((write): Write[] => {
    switch (write.kind) {
      case 'link':
        return [{ ...write, kind: 'unlink' }]
      case 'unlink':
        return [{ ...write, kind: 'link' }]
      case 'unlink_all':
        throw new Error('links are taken away one by one')
      case 'insert':
        return [{ kind: 'delete', ...placeOf(write), version: versionOf.get(keyOf(write)) ?? '' }]
      case 'update':
      case 'delete': {
        const item = before.get(keyOf(write))
        if (!item) return []
        const { doc, kept } = item
        const content = { ...placeOf(write), doc, ...(kept ? { kept } : {}) }
        if (write.kind === 'delete') return [{ kind: 'insert', ...content }]
        return [{ kind: 'update', ...content, version: versionOf.get(keyOf(write)) ?? '' }]
      }
    }
  })
}
