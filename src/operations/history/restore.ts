/**
 * The action `restore`: an item goes back to a version of its history, by a PUT of what it was; a deleted one comes
 * back as it was last. What does not fit any more is 409. What may not be read is not found out.
 */
import { BackoError, backoError, invalid } from '../../errors.ts'
import type { DictValue } from '../../expression/expr.ts'
import type { Action, Collection, Right } from '../../model/backoffice.ts'
import { sameValue } from '../../model/fields/same-value.ts'
import { readArguments, type Arguments } from '../action-arguments.ts'
import type { ActionInput } from '../action.ts'
import { answerWritten } from '../answer.ts'
import { authorize, mayReadSome } from '../authorize.ts'
import { notFound } from '../context.ts'
import { idTaken } from '../ids.ts'
import { showOptions } from '../query-options.ts'
import { readable } from '../read.ts'
import { loadEntry, type Entry, type UnitOfWork } from '../unit-of-work.ts'
import { unreadableFields } from '../unseen.ts'
import { modifyEntry, readForChange } from '../update.ts'
import { asOf, mayRead, unreadableThen, type AsOf } from './as-of.ts'
import { deletedItem } from './deleted-items.ts'
import { lastState } from './last-state.ts'
import { pendingVersions } from './list-versions.ts'
import { bodyOf, unfit } from './restore-body.ts'
import { revive } from './revive.ts'
import { storedVersion } from './stored-versions.ts'
import type { Kept } from './version-row.ts'

/** Gives what makes the answer, once it is kept. */
export async function restoreIn(
  uow: UnitOfWork,
  collection: Collection,
  action: Action,
  { id, body, query }: ActionInput,
): Promise<() => Promise<string>> {
  const options = showOptions(collection, query)
  const args = await readArguments(uow, action, body)
  const there = await loadEntry(uow, collection, id)
  const entry = there
    ? await takeBack(uow, await readableFor(uow, collection, id, args), args)
    : await bringBack(uow, collection, id, args)
  return async () => (await answerWritten(uow, entry, options)).text
}

/** Faulty arguments are told first, of what is not there as of what may not be read. */
async function readableFor(
  uow: UnitOfWork,
  collection: Collection,
  id: string,
  { errors }: Arguments,
): Promise<Entry> {
  try {
    return await readable(uow, collection, id)
  } catch (error) {
    throw errors.length > 0 && error instanceof BackoError && error.status === 404
      ? invalid(errors)
      : error
  }
}

/** An item that is there, to a version. */
async function takeBack(uow: UnitOfWork, entry: Entry, args: Arguments): Promise<Entry> {
  const { collection, id } = entry
  const { history, canModify } = collection
  const asked = { name: 'modify', id, item: entry.doc }
  const what = `modify ${collection.name}/${id}`
  if (history && !looksAtItem(canModify)) await authorize(uow, canModify, asked, what)
  if (args.errors.length > 0) throw invalid(args.errors)
  const number = versionIn(args)
  if (number === null) throw await notDeleted(uow, entry)
  const { kept, past } = await versionNamed(uow, collection, id, number)
  await readForChange(uow, entry)
  await putBack(uow, entry, past, kept.links)
  return entry
}

const looksAtItem = (right: Right): boolean =>
  right.kind === 'hook' || (right.kind === 'rule' && right.readsItem)

const versionIn = ({ doc }: Arguments): number | null => {
  const version = doc['version']
  return typeof version === 'number' ? version : null
}

/** Another item with its `_id` may have been deleted before: it has no place to come back to. */
async function notDeleted(uow: UnitOfWork, { collection, id }: Entry): Promise<Error> {
  const deleted = await deletedItem(uow.running, collection, id)
  if (deleted && (await mayRead(asOf(uow.ctx, collection, id, deleted))))
    return idTaken(collection.name, id)
  if (collection.history) return invalid([{ path: '$.version', message: 'Cannot be empty' }])
  return backoError('BACKO_REQUEST_INVALID', `${collection.name}/${id} is not deleted`)
}

interface Found {
  readonly kept: Kept
  readonly past: AsOf
}

async function versionNamed(
  uow: UnitOfWork,
  collection: Collection,
  id: string,
  number: number,
): Promise<Found> {
  const pending = await pendingVersions(uow, collection, id)
  const kept =
    pending.find(({ version }) => version === number) ??
    (await storedVersion(uow.running, collection, id, number))
  const past = kept && asOf(uow.ctx, collection, id, kept)
  if (past && (await mayRead(past))) return { kept, past }
  const message = `no version ${number} of ${collection.name}/${id}`
  throw backoError('BACKO_REQUEST_NOT_FOUND', message)
}

/** As a PUT of what it was, with the user's rights. */
async function putBack(
  uow: UnitOfWork,
  entry: Entry,
  past: AsOf,
  links: Kept['links'],
): Promise<void> {
  const now = await unreadableFields(uow, entry, entry.doc ?? {})
  const hidden = new Set([...now, ...(await unreadableThen(past))])
  const body = await bodyOf(uow, past, links, hidden)
  uow.restore(entry)
  await fitting(() => modifyEntry(uow, entry, body, { takesFiles: true }))
}

/** An item that was deleted: as it was last, then to the version that is asked for. */
async function bringBack(
  uow: UnitOfWork,
  collection: Collection,
  id: string,
  args: Arguments,
): Promise<Entry> {
  mayReadSome(uow.ctx, collection)
  const last = await lastState(uow, collection, id)
  const past = last && asOf(uow.ctx, collection, id, last)
  if (!past || !(await mayRead(past)))
    throw args.errors.length > 0 ? invalid(args.errors) : notFound(collection.name, id)
  const asked = { name: 'create', id: null, item: past.doc }
  await authorize(uow, collection.canCreate, asked, `create ${collection.name}`)
  if (args.errors.length > 0) throw invalid(args.errors)
  const number = versionIn(args)
  const wanted = number === null ? null : await versionNamed(uow, collection, id, number)
  const entry = await fitting(() => revive(uow, past, last))
  if (wanted && !isSame(wanted, { kept: last, past }))
    await putBack(uow, entry, wanted.past, wanted.kept.links)
  return entry
}

const isSame = (one: Found, other: Found): boolean =>
  sameValue(one.past.doc, other.past.doc) &&
  sameValue(one.kept.links as DictValue, other.kept.links as DictValue)

/** The request is right: what it was does not go with what is there now. */
async function fitting<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof BackoError) || error.code !== 'BACKO_REQUEST_INVALID') throw error
    throw unfit(error.errors, error)
  }
}
