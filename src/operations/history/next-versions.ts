/**
 * The versions that changes make, in order. A state that was never kept as a version (made before the collection
 * had `history`, or by hand) becomes one before it is lost. Knows rows of versions; no store.
 */
import type { DictValue } from '../../expression/expr.ts'
import { sameValue } from '../../model/fields/same-value.ts'
import { keptDoc } from '../loaded-entry.ts'
import { who } from '../stamp.ts'
import type { Entry, UnitOfWork } from '../unit-of-work.ts'
import type { Version } from './version-row.ts'
import type { Change } from './writes-beside.ts'

export interface NextVersion {
  /** of the item */
  readonly id: string
  readonly version: Version
}

/** `newest`: what is kept of each item so far. One item may be deleted and made again by the same request. */
export function nextVersions(
  { ctx }: UnitOfWork,
  newest: ReadonlyMap<string, Version>,
  changes: readonly Change[],
): NextVersion[] {
  const last = new Map(newest)
  const next: NextVersion[] = []
  const add = (id: string, rest: Omit<Version, 'version'>): void => {
    const version = { version: (last.get(id)?.version ?? 0) + 1, ...rest }
    last.set(id, version)
    next.push({ id, version })
  }
  for (const { entry, event, before, after } of changes) {
    const { id, stored } = entry
    const was = stored && (stored.kept ?? stored.doc)
    if (was && !isKept(entry, last.get(id)))
      add(id, { ...asMade(was, ctx.now), doc: was, links: before })
    const made = { event, at: ctx.now, by: who(ctx) }
    const now = keptDoc(entry)
    if (now) add(id, { ...made, doc: now, links: after })
    else if (was) add(id, { ...made, doc: was, links: before })
  }
  return next
}

/** Does the newest version say what the item was until now? The model may have changed since. */
function isKept({ collection, stored }: Entry, version: Version | undefined): boolean {
  if (!version || !stored || version.event === 'deleted') return false
  const { complete } = collection.stored
  return sameValue(complete(version.doc), complete(stored.doc))
}

/** When and by whom, as the item itself tells it. */
function asMade(doc: DictValue, now: string): Pick<Version, 'event' | 'at' | 'by'> {
  const meta = (doc['_meta'] ?? {}) as DictValue
  const { ctime = null, mtime = null, modified_by = null } = meta
  return {
    event: ctime === mtime ? 'created' : 'modified',
    at: typeof mtime === 'string' ? mtime : now,
    by: (modified_by ?? {}) as DictValue,
  }
}
