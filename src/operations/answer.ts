/**
 * The answer that shows one item: its text, and the ETag of the state it shows.
 * ETag: the stored version where the client's view shows stored fields only, else version and a hash of
 * that view, so that it changes with everything the item shows. `_expand` adds a second hash (after `.`),
 * which If-Match passes over.
 */
import { createHash } from 'node:crypto'
import { backoError } from '../errors.ts'
import type { Collection } from '../model/backoffice.ts'
import { allowed } from './authorize.ts'
import { shape } from './expand.ts'
import { project, shownText, shownValue } from './project.ts'
import { viewNamed, type ShowOptions } from './query-options.ts'
import { readPlan } from './read-plan.ts'
import { isGone, type Entry, type UnitOfWork } from './unit-of-work.ts'

export interface ItemAnswer {
  readonly _id: string
  /** without quotes; absent for what the same request has deleted again */
  readonly etag?: string
  /** JSON */
  readonly text: string
}

const digest = (text: string): string =>
  createHash('sha1').update(text).digest('base64url').slice(0, 12)

export async function answerItem(
  uow: UnitOfWork,
  entry: Entry,
  options: ShowOptions,
): Promise<ItemAnswer> {
  const { collection } = entry
  // deleted again by the same request
  if (isGone(entry)) return idAnswer(entry)
  const [shown] = await project(uow, collection, [entry], options.view)
  if (!shown) throw new Error('project lost an item')
  const whole = shownText(shown)
  const state = await stateOf(uow, entry, options.view.name === 'client' ? whole : undefined)
  if (options.expand.length === 0 && options.fields === null) {
    return { _id: entry.id, etag: state, text: whole }
  }
  const [item] = await shape(uow, collection, [shownValue(shown)], options)
  const text = JSON.stringify(item)
  return {
    _id: entry.id,
    etag: options.expand.length > 0 ? `${state}.${digest(text)}` : state,
    text,
  }
}

/** For an item of which nothing more can be shown. */
export const idAnswer = (entry: Entry): ItemAnswer => ({
  _id: entry.id,
  ...(isGone(entry) ? {} : { etag: entry.version }),
  text: JSON.stringify({ _id: entry.id }),
})

/** For the one who made or changed it: `_id` alone where that one may not read it (any more). */
export async function answerWritten(
  uow: UnitOfWork,
  entry: Entry,
  options: ShowOptions,
): Promise<ItemAnswer> {
  if (isGone(entry)) return idAnswer(entry)
  const asked = { name: 'read', id: entry.id, item: entry.doc }
  if (await allowed(uow, entry.collection.canRead, asked)) return answerItem(uow, entry, options)
  return idAnswer(entry)
}

/** What If-Match is compared with. `clientText`: the view client of the item, where it is at hand. */
async function stateOf(uow: UnitOfWork, entry: Entry, clientText?: string): Promise<string> {
  const client = viewNamed(entry.collection, 'client')
  if (isPlainState(uow, entry.collection)) return entry.version
  if (clientText !== undefined) return `${entry.version}-${digest(clientText)}`
  const [shown] = await project(uow, entry.collection, [entry], client)
  return `${entry.version}-${digest(shown ? shownText(shown) : '')}`
}

/** Does the version alone say all that the item can show? */
function isPlainState(uow: UnitOfWork, collection: Collection): boolean {
  const plan = readPlan(uow.running, collection, viewNamed(collection, 'client'))
  const { linked, computes, conditional, guarded } = plan
  return linked.length + conditional.length + guarded.length === 0 && !computes
}

/** Throws 412 unless one of the tags of the If-Match header is the item's. */
export async function checkMatch(
  uow: UnitOfWork,
  entry: Entry,
  ifMatch: string | undefined,
): Promise<void> {
  if (ifMatch === undefined || ifMatch.trim() === '*') return
  // what the request itself has made of an item has no tag yet
  const state = uow.hasChanged(entry) ? null : await stateOf(uow, entry)
  const tags = [...ifMatch.matchAll(/(W\/)?"([^"]*)"/g)]
  // a weak tag never matches in If-Match (RFC 9110, 13.1.1)
  // versions are the store's: there may be dots in them too
  const names = (tag = ''): boolean => tag === state || tag.startsWith(`${state}.`)
  if (state !== null && tags.some(([, weak, tag]) => !weak && names(tag))) return
  throw backoError(
    'BACKO_REQUEST_VERSION',
    `${entry.collection.name}/${entry.id} has another version`,
  )
}
