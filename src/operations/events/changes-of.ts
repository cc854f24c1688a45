/**
 * What a unit of work changes, as the log of changes keeps it: each item once, those too that only show a link made
 * or taken away elsewhere. Free while nobody has asked for changes of anything.
 */
import { NOBODY, type Changes, type ItemChange, type PastItem } from '../../connectors/changes.ts'
import { referenceReads } from '../../expression/reads.ts'
import type { Backoffice, Collection, RelationSide, Right } from '../../model/backoffice.ts'
import { sameValue } from '../../model/fields/same-value.ts'
import { collectionOf, connectorOf, type Running } from '../context.ts'
import { nearSide } from '../link-name.ts'
import type { Entry, UnitOfWork } from '../unit-of-work.ts'

/** By storage. */
export type Logged = ReadonlyMap<string, Changes>

const NOTHING: Logged = new Map()

export type Wanted = ReadonlyMap<string, ReadonlySet<string>>

/** Not to be waited for where nobody wants anything. */
export function changesOf(uow: UnitOfWork): Logged | Promise<Logged> {
  const wanted = wantedIn(uow.running)
  return wanted === null ? NOTHING : collect(uow, wanted)
}

/** null: nothing, in any store. */
function wantedIn({ connectors }: Running): Wanted | null {
  let found: Map<string, ReadonlySet<string>> | null = null
  for (const [storage, { changes }] of connectors) {
    const wanted = changes?.wanted() ?? NOBODY
    if (wanted !== NOBODY) (found ??= new Map()).set(storage, wanted)
  }
  return found
}

async function collect(uow: UnitOfWork, wanted: Wanted): Promise<Logged> {
  const found = await changesFor(uow, wanted)
  return new Map(
    [...wanted].map(([storage, names]) => [
      storage,
      { wanted: names, items: found.get(storage) ?? [] },
    ]),
  )
}

/** By storage: changes of the collections that are wanted of it. */
export async function changesFor(
  uow: UnitOfWork,
  wanted: Wanted,
): Promise<ReadonlyMap<string, readonly ItemChange[]>> {
  const found = new Map<string, ItemChange[]>()
  for (const [collection, entries] of await touchedItems(uow, wanted)) {
    const items = found.get(collection.storage) ?? []
    found.set(collection.storage, items)
    items.push(...(await changesIn(uow, collection, entries)))
  }
  return found
}

/** In the order of their change; those of which only links changed come last. */
async function touchedItems(
  uow: UnitOfWork,
  wanted: Wanted,
): Promise<ReadonlyMap<Collection, ReadonlySet<Entry>>> {
  const touched = new Map<Collection, Set<Entry>>()
  const isWanted = ({ storage, name }: Collection): boolean =>
    wanted.get(storage)?.has(name) === true
  const note = (entry: Entry): void => {
    const entries = touched.get(entry.collection)
    if (entries) entries.add(entry)
    else touched.set(entry.collection, new Set([entry]))
  }
  for (const entry of uow.changed) if (isWanted(entry.collection)) note(entry)
  const shown = shownSides(uow.running.backoffice)
  for (const [name, ids] of uow.links.touched()) {
    const side = shown.get(name)
    if (!side) continue
    const collection = collectionOf(uow.running, side.collection)
    if (!isWanted(collection)) continue
    for (const entry of await uow.load(collection, [...ids])) if (entry) note(entry)
  }
  return touched
}

const sides = new WeakMap<Backoffice, ReadonlyMap<string, RelationSide>>()

/** Those which an item shows, though they are not in its doc. */
function shownSides(backoffice: Backoffice): ReadonlyMap<string, RelationSide> {
  let known = sides.get(backoffice)
  if (!known) {
    const all = [...backoffice.collections.values()].flatMap(({ derived }) => derived)
    sides.set(backoffice, (known = new Map(all.map((side) => [side.name, side]))))
  }
  return known
}

async function changesIn(
  uow: UnitOfWork,
  collection: Collection,
  touched: ReadonlySet<Entry>,
): Promise<ItemChange[]> {
  const links = await linksOf(uow, collection, touched)
  return [...touched].flatMap((entry): ItemChange[] => {
    const { id, stored, doc } = entry
    if (!stored && !doc) return []
    const before: PastItem | null = stored && { doc: stored.doc, links: links(entry).before }
    const after: PastItem | null = doc && { doc, links: links(entry).after }
    if (!hasChanged(uow, entry)) return []
    const event = before === null ? 'created' : after === null ? 'deleted' : 'modified'
    return [{ collection: collection.name, id, event, at: uow.ctx.now, before, after }]
  })
}

/** What stays as it is shows other links: it may not change meanwhile, or it would be told as it was. */
function hasChanged(uow: UnitOfWork, entry: Entry): boolean {
  const { collection, id, stored, doc, version } = entry
  const stays = stored !== null && doc !== null && sameValue(doc, stored.doc)
  if (!stays) return true
  if (!linksTouched(uow, collection, id)) return false
  if (!uow.hasChanged(entry))
    uow.check(collection.storage, { kind: 'version', collection: collection.name, id, version })
  return true
}

function linksTouched(uow: UnitOfWork, { derived }: Collection, id: string): boolean {
  for (const side of derived) if (uow.links.differs(side.name, id)) return true
  return false
}

/** For rights that look at links of the item: what they were, and will be. */
async function linksOf(
  uow: UnitOfWork,
  collection: Collection,
  touched: ReadonlySet<Entry>,
): Promise<(entry: Entry) => { before: PastItem['links']; after: PastItem['links'] }> {
  const asked = sidesRead(collection)
  const ids = [...touched].flatMap(({ id, stored }) => (stored ? id : []))
  const found = new Map<RelationSide, ReadonlyMap<string, readonly string[]>>()
  for (const side of ids.length > 0 ? asked : []) {
    const connector = connectorOf(uow.running, side.relation.storage)
    found.set(side, await connector.linked({ side: side.name, ids, where: null }))
  }
  return ({ id, doc }) => {
    const before: Record<string, readonly string[]> = {}
    const after: Record<string, readonly string[]> = {}
    for (const side of asked) {
      const stored = found.get(side)?.get(id) ?? []
      before[side.name] = stored
      after[side.name] = doc ? uow.links.over(nearSide(side), id, stored) : []
    }
    return { before, after }
  }
}

const read = new WeakMap<Collection, readonly RelationSide[]>()

/** Sides of an item that are not in its doc, and that its `can_read` looks at. */
export function sidesRead(collection: Collection): readonly RelationSide[] {
  let known = read.get(collection)
  if (!known) read.set(collection, (known = findSides(collection, collection.canRead)))
  return known
}

function findSides({ derived, sides: all }: Collection, right: Right): readonly RelationSide[] {
  if (right.kind === 'always') return []
  // a hook is shown the whole item
  if (right.kind === 'hook') return derived
  const names = new Set(
    referenceReads([right.rule.expr]).flatMap(({ root, steps }) => {
      const first = steps.find(({ kind }) => kind !== 'key')
      return root === 'item' && first?.kind === 'linked' ? first.side : []
    }),
  )
  return all.filter((side) => side.kept === 'linked' && names.has(side.name))
}
