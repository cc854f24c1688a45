/**
 * Rows to items, one transaction: all of them, less those that are refused, which are taken out and told. Rows whose
 * references are not there yet are given back. Knows no file.
 */
import { BackoError, type FieldError } from '../errors.ts'
import { keysOf, omitAt, setAt } from '../operations/at-path.ts'
import type { Context } from '../operations/context.ts'
import { isOfItems, putItems, type Put } from '../operations/put-items.ts'
import { rehearse, transact } from '../operations/transaction.ts'
import type { Entry, UnitOfWork } from '../operations/unit-of-work.ts'
import type { DryStore } from './dry-store.ts'
import { needed } from './exported-sides.ts'
import { idsOf, loadFor } from './rows-at-hand.ts'
import { itemKey, keyParts, type GivenList, type Row, type RowFault } from './row.ts'

export interface ImportJob {
  readonly context: () => Context
  readonly upsert: boolean
  /** the unique field by which items are found that are there; null: `_id` */
  readonly key: string | null
  /** hashes of passwords are taken as they are */
  readonly hashes: boolean
  /** null: what is imported is kept */
  readonly dry: DryStore | null
}

/** Rows that are kept together, or not at all. */
export type Group = readonly Row[]

export interface Manner {
  /** nothing more comes: what is not there now is missing */
  readonly last: boolean
  /** one that is refused ends it all */
  readonly stop: boolean
}

/** A list to be linked when all items are there. */
export interface LateLinks {
  readonly row: Row
  readonly id: string
  readonly list: GivenList
  /** the list is to be that; else it is to hold that too */
  readonly exact: boolean
}

export interface BatchOutcome {
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly faults: readonly RowFault[]
  readonly waiting: readonly Row[]
  readonly late: readonly LateLinks[]
}

const NOTHING: BatchOutcome = Object.freeze({
  created: 0,
  updated: 0,
  unchanged: 0,
  faults: [],
  waiting: [],
  late: [],
})

export async function importBatch(
  job: ImportJob,
  groups: readonly Group[],
  manner: Manner,
): Promise<BatchOutcome> {
  if (groups.length === 0) return NOTHING
  try {
    const work = (uow: UnitOfWork): Promise<() => Promise<BatchOutcome>> =>
      put(uow, job, groups, manner)
    return await (job.dry ? rehearse(job.context(), work) : transact(job.context(), work))
  } catch (error) {
    if (error instanceof Refused) return withoutRefused(job, groups, manner, error.errors)
    if (!(error instanceof BackoError) || !isOfItems(error)) throw error
    // which row it is shows when they are tried apart
    const [only, ...others] = groups
    if (only && others.length === 0) return { ...NOTHING, faults: refusedTogether(only, error) }
    const middle = Math.ceil(groups.length / 2)
    const first = await importBatch(job, groups.slice(0, middle), manner)
    if (manner.stop && first.faults.length > 0) return first
    return both(first, await importBatch(job, groups.slice(middle), manner))
  }
}

/** Rows that were refused, each by itself. */
class Refused extends Error {
  readonly errors: ReadonlyMap<Row, BackoError>
  constructor(errors: ReadonlyMap<Row, BackoError>) {
    super('rows were refused')
    this.errors = errors
  }
}

async function withoutRefused(
  job: ImportJob,
  groups: readonly Group[],
  manner: Manner,
  errors: ReadonlyMap<Row, BackoError>,
): Promise<BatchOutcome> {
  const faults: RowFault[] = []
  const rest = groups.filter((group) => {
    const bad = group.find((row) => errors.has(row))
    if (!bad) return true
    for (const row of group) {
      const error = errors.get(row)
      faults.push(error ? faultOf(row, errorsOf(error)) : withOther(row, bad))
    }
    return false
  })
  if (manner.stop) return { ...NOTHING, faults }
  return both({ ...NOTHING, faults }, await importBatch(job, rest, manner))
}

const both = (a: BatchOutcome, b: BatchOutcome): BatchOutcome => ({
  created: a.created + b.created,
  updated: a.updated + b.updated,
  unchanged: a.unchanged + b.unchanged,
  faults: [...a.faults, ...b.faults],
  waiting: [...a.waiting, ...b.waiting],
  late: [...a.late, ...b.late],
})

export const faultOf = (row: Row, errors: readonly FieldError[]): RowFault => ({
  line: row.line,
  collection: row.collection.name,
  _id: row.id,
  errors,
})

const withOther = (row: Row, { line }: Row): RowFault =>
  faultOf(row, [{ path: '$', message: `it can't be there without line ${line}, which is refused` }])

const refusedTogether = (group: Group, error: BackoError): RowFault[] =>
  group.map((row) => faultOf(row, errorsOf(error)))

export const errorsOf = (error: BackoError): readonly FieldError[] =>
  error.errors.length > 0 ? error.errors : [{ path: '$', message: error.message }]

async function put(
  uow: UnitOfWork,
  job: ImportJob,
  groups: readonly Group[],
  { last }: Manner,
): Promise<() => Promise<BatchOutcome>> {
  uow.trusting = true
  uow.readsAll = true
  uow.takesHashes = job.hashes
  const all = groups.flat()
  const ids = await idsOf(uow, job, all)
  await loadFor(uow, job, all, ids)
  const ready = last ? groups : readyOf(uow, groups)
  const rows = ready.flat()
  const { puts, late } = putsOf(uow, rows, ids)
  const results = await putItems(uow, puts, job)
  const errors = new Map<Row, BackoError>()
  const entries: Entry[] = []
  for (const [at, row] of rows.entries()) {
    const result = results[at]
    if (!result) continue
    if ('error' in result) errors.set(row, result.error)
    else {
      entries.push(result.entry)
      const clash = await job.dry?.clash(uow.ctx, result.entry)
      if (clash) errors.set(row, clash)
    }
  }
  if (errors.size > 0) throw new Refused(errors)
  const met = new Set(ready)
  const waiting = groups.filter((group) => !met.has(group)).flat()
  return async () => {
    job.dry?.keep(uow)
    return { ...counted(uow, entries), faults: [], waiting, late: placed(late, rows, entries) }
  }
}

const isThere = (uow: UnitOfWork, key: string): boolean => Boolean(uow.peek(...keyParts(key)))

/** Groups that need nothing but what is there, or comes with them. */
function readyOf(uow: UnitOfWork, groups: readonly Group[]): readonly Group[] {
  let ready = groups
  for (;;) {
    const here = new Set(ready.flat().flatMap((row) => keyOf(row) ?? []))
    const next = ready.filter((group) =>
      group.every(({ needs }) => needs.every((key) => here.has(key) || isThere(uow, key))),
    )
    if (next.length === ready.length) return next
    ready = next
  }
}

export const keyOf = ({ collection, id }: Row): string | null =>
  id === null ? null : itemKey(collection.name, id)

interface Late extends Omit<LateLinks, 'id'> {
  readonly row: Row
}

/** Lists that hold what is not there yet are linked later, as a whole: they keep their order. */
function putsOf(
  uow: UnitOfWork,
  rows: readonly Row[],
  ids: ReadonlyMap<Row, string | null>,
): { readonly puts: readonly Put[]; readonly late: readonly Late[] } {
  const here = new Set(rows.flatMap((row) => keyOf(row) ?? []))
  const late: Late[] = []
  const puts = rows.map((row): Put => {
    const { collection, meta, lists } = row
    const id = ids.get(row) ?? null
    let { body } = row
    for (const list of lists) {
      const { side, ids: listed } = list
      const least = needed(side)
      const absent = (one: string): boolean => {
        const key = itemKey(side.target, one)
        return !here.has(key) && !isThere(uow, key)
      }
      if (!listed.slice(least).some(absent)) continue
      const keys = keysOf(side.path)
      body = least > 0 ? setAt(body, keys, listed.slice(0, least)) : omitAt(body, keys)
      late.push({ row, list, exact: id !== null && uow.peek(collection.name, id) !== null })
    }
    return { collection, id, meta, body }
  })
  return { puts, late }
}

function placed(
  late: readonly Late[],
  rows: readonly Row[],
  entries: readonly Entry[],
): LateLinks[] {
  if (late.length === 0) return []
  const made = new Map(rows.map((row, at) => [row, entries[at]?.id]))
  return late.flatMap((each) => {
    const id = made.get(each.row)
    return id === undefined ? [] : [{ ...each, id }]
  })
}

function counted(
  uow: UnitOfWork,
  entries: readonly Entry[],
): Pick<BatchOutcome, 'created' | 'updated' | 'unchanged'> {
  const created = entries.filter(({ stored }) => stored === null).length
  const updated = entries.filter((entry) => entry.stored && uow.hasChanged(entry)).length
  return { created, updated, unchanged: entries.length - created - updated }
}
