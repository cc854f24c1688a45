/**
 * GET `<_id>/_history`: the versions of an item, the newest first. Who may not read the item finds none; a version
 * shows what could be read of it then and can be read now.
 */
import { backoError } from '../../errors.ts'
import type { Collection, Field } from '../../model/backoffice.ts'
import { mayReadSome, rowRight } from '../authorize.ts'
import { notFound, type Context, type Pairs } from '../context.ts'
import { readCursor } from '../cursor.ts'
import { pageText } from '../list.ts'
import { versionOptions, type ListOptions } from '../query-options.ts'
import { loadEntry, UnitOfWork } from '../unit-of-work.ts'
import { unreadableFields } from '../unseen.ts'
import { readable } from '../read.ts'
import { asOf, mayRead, shownAsOf, unreadableThen } from './as-of.ts'
import { nextVersions } from './next-versions.ts'
import { newestVersions, pageOfVersions, type VersionPage } from './stored-versions.ts'
import { rowId, type Version } from './version-row.ts'
import { pendingChanges } from './writes-beside.ts'

/** JSON text of `{ result: [{ version, event, at, by, item }], total, _view, _skip, _page, _next }`. */
export const listVersions = (
  ctx: Context,
  collection: Collection,
  id: string,
  query: Pairs,
): Promise<string> => versionsIn(new UnitOfWork(ctx), collection, id, query)

/** Those that this unit of work is about to make, too. */
export async function versionsIn(
  uow: UnitOfWork,
  collection: Collection,
  id: string,
  query: Pairs,
): Promise<string> {
  if (!collection.history) throw noHistory(collection)
  const options = versionOptions(collection, query)
  const pending = await pendingVersions(uow, collection, id)
  const hidden = await hiddenNow(uow, collection, id, pending)
  const page = await readablePage(uow, collection, { id, pending, options })
  const texts: string[] = []
  for (const version of page.versions) {
    const item = await shownAsOf(asOf(uow.ctx, collection, id, version), options.view, hidden)
    const { version: number, event, at, by } = version
    texts.push(JSON.stringify({ version: number, event, at, by, item }))
  }
  return pageText(texts, page, { ...options, sort: SORT })
}

/** What cursors are marked with. */
const SORT = ['-version']

const noHistory = ({ name }: Collection): Error =>
  backoError('BACKO_REQUEST_NOT_FOUND', `${name} has no history`)

/** The newest first. */
export async function pendingVersions(
  uow: UnitOfWork,
  collection: Collection,
  id: string,
): Promise<readonly Version[]> {
  const changes = await pendingChanges(uow, collection, id)
  if (changes.length === 0) return []
  const newest = await newestVersions(uow.running, collection, [id])
  return nextVersions(uow, newest, changes)
    .map(({ version }) => version)
    .reverse()
}

/** Fields that may not be read of the item as it is, or as it was last; 404 where the item may not be read. */
async function hiddenNow(
  uow: UnitOfWork,
  collection: Collection,
  id: string,
  pending: readonly Version[],
): Promise<ReadonlySet<Field>> {
  if (await loadEntry(uow, collection, id)) {
    const entry = await readable(uow, collection, id)
    return unreadableFields(uow, entry, entry.doc ?? {})
  }
  mayReadSome(uow.ctx, collection)
  const last = pending[0] ?? (await newestVersions(uow.running, collection, [id])).get(id)
  const past = last && asOf(uow.ctx, collection, id, last)
  if (!past || !(await mayRead(past))) throw notFound(collection.name, id)
  return unreadableThen(past)
}

interface Search {
  readonly id: string
  readonly pending: readonly Version[]
  readonly options: ListOptions
}

async function readablePage(
  uow: UnitOfWork,
  collection: Collection,
  search: Search,
): Promise<VersionPage> {
  const { id, pending, options } = search
  const { canRead } = collection
  const all = canRead.kind !== 'hook' && rowRight(uow.ctx, canRead) === null
  const after = options.after === null ? undefined : readCursor(SORT, options.after)
  if (!all || pending.length > 0) return pageInBatches(uow, collection, search, after)
  const { skip, limit, total } = options
  const page = { skip, limit, total, ...(after ? { after } : {}) }
  return pageOfVersions(uow.running, collection, id, page)
}

/** Each version is asked for itself whether it may be read. */
async function pageInBatches(
  uow: UnitOfWork,
  collection: Collection,
  { id, pending, options }: Search,
  after: VersionPage['next'],
): Promise<VersionPage> {
  const { skip, limit } = options
  const end = after ? Number(after[0]) : Infinity
  const versions: Version[] = []
  let total = 0
  let below = 0
  for await (const version of newestFirst(uow, collection, id, pending)) {
    if (!(await mayRead(asOf(uow.ctx, collection, id, version)))) continue
    total++
    if (version.version < end && ++below > skip && versions.length < limit) versions.push(version)
    if (!options.total && below > skip + limit) break
  }
  const last = versions.at(-1)
  const more = last !== undefined && below > skip + limit
  return {
    versions,
    ...(options.total ? { total } : {}),
    ...(more ? { next: [last.version, rowId(id, last.version)] } : {}),
  }
}

const BATCH = 200

async function* newestFirst(
  { running }: UnitOfWork,
  collection: Collection,
  id: string,
  pending: readonly Version[],
): AsyncGenerator<Version> {
  yield* pending
  let after: VersionPage['next']
  do {
    const page = { skip: 0, limit: BATCH, total: false, ...(after ? { after } : {}) }
    const { versions, next } = await pageOfVersions(running, collection, id, page)
    yield* versions
    after = next
  } while (after)
}
