/**
 * What a unit of work has collected, as batches for the stores: writes, links, and what must hold for them.
 * Knows what goes where; asks no store.
 */
import { UNWATCHED, type Changes } from '../connectors/changes.ts'
import type { Batch, Check, Write } from '../connectors/connector.ts'
import { sameValue } from '../model/fields/same-value.ts'
import type { Logged } from './events/changes-of.ts'
import type { Beside } from './history/writes-beside.ts'
import type { LinkChanges } from './link-changes.ts'
import { keptDoc } from './loaded-entry.ts'
import type { Reliance } from './reliance.ts'
import type { Entry } from './unit-of-work.ts'

export interface Collected {
  readonly changed: ReadonlySet<Entry>
  readonly edges: LinkChanges['edges']
  readonly beside: readonly Beside[]
  readonly checks: readonly { readonly storage: string; readonly check: Check }[]
  readonly relied: Reliance | null
  readonly logged: Logged
}

interface Growing extends Batch {
  readonly changes: Changes
  readonly writes: Write[]
  readonly checks: Check[]
}

/** By storage; none where there is nothing to keep. */
export function batchesOf(collected: Collected): (readonly [string, Batch])[] {
  const batches = new Map<string, Growing>()
  const batchOf = (storage: string): Growing => {
    let batch = batches.get(storage)
    if (!batch) batches.set(storage, (batch = growing(collected.logged.get(storage))))
    return batch
  }
  const unwritten: Entry[] = []
  for (const entry of collected.changed) {
    const write = writeOf(entry)
    if (write) batchOf(entry.collection.storage).writes.push(write)
    else if (entry.stored) unwritten.push(entry)
  }
  for (const { relation, ...ends } of collected.edges.values())
    batchOf(relation.storage).writes.push({ ...ends, relation: relation.name })
  for (const beside of collected.beside)
    for (const [storage, writes] of beside) batchOf(storage).writes.push(...writes)
  for (const { storage, check } of collected.checks) batchOf(storage).checks.push(check)
  for (const [storage, { items }] of collected.logged) if (items.length > 0) batchOf(storage)
  if (batches.size > 0) relyOn(collected, unwritten, batchOf)
  return [...batches]
}

const growing = (changes: Changes = UNWATCHED): Growing => ({ writes: [], checks: [], changes })

/** What was read must be as it was; so must an item that was put as it is: links may have been made for it. */
function relyOn(
  { changed, relied }: Collected,
  unwritten: readonly Entry[],
  batchOf: (storage: string) => Growing,
): void {
  for (const { storage, check } of relied?.searches ?? []) batchOf(storage).checks.push(check)
  const read = [...(relied?.items ?? [])].filter((entry) => !changed.has(entry))
  for (const { collection, id, version } of [...read, ...unwritten])
    batchOf(collection.storage).checks.push({
      kind: 'version',
      collection: collection.name,
      id,
      version,
    })
}

function writeOf(entry: Entry): Write | null {
  const { collection, id, stored, doc } = entry
  const place = { collection: collection.name, id }
  if (!doc) return stored ? { kind: 'delete', ...place, version: stored.version } : null
  const kept = keptDoc(entry)
  const more = kept === null || kept === doc ? {} : { kept }
  if (!stored) return { kind: 'insert', ...place, doc, ...more }
  if (sameValue(doc, stored.doc)) return null
  return { kind: 'update', ...place, doc, ...more, version: stored.version, was: stored }
}
