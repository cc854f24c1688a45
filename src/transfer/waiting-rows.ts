/**
 * Rows and links that have to wait until what they refer to is there: as JSON in a temporary file, the model's parts by
 * their names. Knows no store.
 */
import type { Backoffice } from '../model/backoffice.ts'
import { keyOf, type Group, type LateLinks } from './import-batch.ts'
import { inOrderOfNeeds, type Waiting } from './order-rows.ts'
import type { GivenList, Row } from './row.ts'
import type { Place, Spool } from './spool.ts'

export interface WaitingRows {
  readonly add: (row: Row) => void
  /** in the order in which they can be made */
  readonly groups: (backoffice: Backoffice) => Iterable<Group>
  /** a row was refused, and that is the end */
  stopped: boolean
}

/** A row, or links, as JSON: the model's parts by their names. */
interface Kept {
  readonly line: number
  readonly collection: string
  readonly id: string | null
  readonly meta: Row['meta']
  readonly body: Row['body']
  readonly needs: Row['needs']
  readonly lists: readonly { readonly side: string; readonly ids: readonly string[] }[]
}

export function waitingRows(spool: Spool): WaitingRows {
  const rows: (Waiting & { readonly place: Place })[] = []
  return {
    stopped: false,
    add: (row) => rows.push({ key: keyOf(row), needs: row.needs, place: spool.put(keptRow(row)) }),
    *groups(backoffice) {
      for (const group of inOrderOfNeeds(rows))
        yield group.flatMap((at) => {
          const place = rows[at]?.place
          return place ? [rowOf(backoffice, spool.get(place) as Kept)] : []
        })
    },
  }
}

const keptRow = ({ collection, lists, ...row }: Row): Kept => ({
  ...row,
  collection: collection.name,
  lists: lists.map(({ side, ids }) => ({ side: side.name, ids })),
})

function rowOf(backoffice: Backoffice, { collection, lists, ...kept }: Kept): Row {
  const found = backoffice.collections.get(collection)
  if (!found) throw new Error(`there was a collection ${collection}`)
  return { ...kept, collection: found, lists: lists.flatMap((list) => listOf(backoffice, list)) }
}

function listOf(backoffice: Backoffice, { side, ids }: Kept['lists'][number]): GivenList[] {
  const found = backoffice.sides.get(side)
  return found ? [{ side: found, ids }] : []
}

export interface LateRows {
  readonly add: (links: LateLinks) => void
  readonly batches: (backoffice: Backoffice, size: number) => Iterable<readonly LateLinks[]>
}

interface KeptLinks {
  readonly line: number
  readonly collection: string
  readonly said: string | null
  readonly id: string
  readonly list: Kept['lists'][number]
  readonly exact: boolean
}

export function lateLinks(spool: Spool): LateRows {
  const places: Place[] = []
  const read = (backoffice: Backoffice, place: Place): LateLinks[] => {
    const { line, collection, said, id, list, exact } = spool.get(place) as KeptLinks
    const kept = { line, collection, id: said, meta: null, body: {}, needs: [], lists: [] }
    const row = rowOf(backoffice, kept)
    return listOf(backoffice, list).map((each) => ({ row, id, list: each, exact }))
  }
  return {
    add: ({ row, id, list: { side, ids }, exact }) => {
      const { line, collection, id: said } = row
      const kept: KeptLinks = {
        line,
        collection: collection.name,
        said,
        id,
        exact,
        list: { side: side.name, ids },
      }
      places.push(spool.put(kept))
    },
    *batches(backoffice, size) {
      for (let at = 0; at < places.length; at += size)
        yield places.slice(at, at + size).flatMap((place) => read(backoffice, place))
    },
  }
}
