/**
 * What a unit of work has read and goes by, without writing it: it must be so still when the rest is kept, or the
 * work is done again. Items by their version, links by their number, searches by what they gave.
 * Knows nothing of who reads: hooks, and rules that pass references.
 */
import type { Check } from '../connectors/connector.ts'
import { equal, pathOf } from '../expression/build.ts'
import { literal, STRING, type Expr } from '../expression/expr.ts'
import type { Collection } from '../model/backoffice.ts'
import { linkName, nearSide, type LinkName } from './link-name.ts'
import type { Entry, UnitOfWork } from './unit-of-work.ts'

interface Search {
  readonly storage: string
  readonly check: Check
}

export class Reliance {
  readonly items = new Set<Entry>()
  readonly searches: Search[] = []
  /** side -> ids */
  readonly links = new Map<string, Set<string>>()

  /** what was made here nobody else can change */
  item(entry: Entry): void {
    if (entry.stored) this.items.add(entry)
  }

  search(storage: string, check: Check): void {
    this.searches.push({ storage, check })
  }

  link(side: LinkName, id: string): void {
    const ids = this.links.get(side.name) ?? new Set()
    this.links.set(side.name, ids)
    ids.add(id)
  }
}

/** An item that code holds whole: with the links that it shows. */
export function relyOnItem(uow: UnitOfWork, entry: Entry): void {
  if (!entry.stored) return
  uow.relied.item(entry)
  for (const side of entry.collection.derived) uow.relied.link(nearSide(side), entry.id)
}

/** An item that was looked for, and is not there. */
export function relyOnAbsence(uow: UnitOfWork, collection: Collection, id: string): void {
  // of what was deleted here the deletion itself tells
  if (uow.knows(collection.name, id)) return
  const query = {
    collection: collection.name,
    where: hasId(id),
    sort: [],
    skip: 0,
    limit: 1,
    total: false,
  }
  uow.relied.search(collection.storage, { kind: 'select', query, items: [] })
}

const hasId = (id: string): Expr =>
  equal(pathOf('item', [{ kind: 'key', name: '_id' }], STRING), literal(id, STRING))

/** Asked once all is collected: the links that were seen, with what was made and taken away here since. */
export async function restOnLinks(uow: UnitOfWork): Promise<void> {
  if (uow.clean) return
  for (const [name, ids] of uow.relied.links) {
    const side = linkName(uow.running, name)
    const there = [...ids].filter((id) => uow.peek(side.collection, id) !== null)
    for (const [id, { length }] of await uow.linked(side, there))
      uow.check(side.storage, { kind: 'count', side: name, id, min: length, max: length })
  }
}
