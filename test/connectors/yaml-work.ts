/**
 * Commits for yaml-steps.test.ts, one building on the other: items made, changed and deleted, links made and
 * taken away again, also of items that are made anew. And what a store that has some of them is like.
 */
import type { Batch, Connector, Write } from '../../src/connectors/connector.ts'
import { memoryConnector } from '../../src/connectors/memory/memory-connector.ts'
import { docOf, testSchema } from '../support/storage-schema.ts'
import { insert } from '../support/store-seed.ts'
import { readOne } from './contract-group.ts'

const link = (kind: 'link' | 'unlink', owner: string, other: string): Write => ({
  kind,
  relation: 'users.teams',
  owner,
  other,
})

export type Make = (store: Connector) => Promise<readonly Write[]>

const update =
  (collection: string, id: string, name: string): Make =>
  async (store) => {
    const { version } = await readOne(store, collection, id)
    return [{ kind: 'update', collection, id, version, doc: docOf(collection, id, { name }) }]
  }

const remove =
  (id: string, ...unlinked: readonly string[]): Make =>
  async (store) => {
    const { version } = await readOne(store, 'users', id)
    const unlinks = unlinked.map((team) => link('unlink', id, team))
    return [...unlinks, { kind: 'delete', collection: 'users', id, version }]
  }

const made =
  (...writes: readonly Write[]): Make =>
  () =>
    Promise.resolve(writes)

const user = (id: string): Write => insert('users', id, { name: id })

/** One commit after the other. */
export const BEFORE: readonly Make[] = [
  made(user('u1'), insert('teams', 't1'), link('link', 'u1', 't1')),
  made(user('u2'), link('link', 'u2', 't1')),
  update('users', 'u1', 'Ann'),
  made(insert('teams', 't2'), link('unlink', 'u1', 't1'), link('link', 'u1', 't2')),
  remove('u2', 't1'),
  made(user('u4'), user('u5'), link('link', 'u5', 't1')),
]

/** Made while the first ones are being flushed: both journals are in use. */
export const MEANWHILE: readonly Make[] = [
  made(user('u2'), link('link', 'u2', 't1')),
  remove('u1', 't2'),
  update('teams', 't1', 'Red'),
  remove('u4'),
]

/** So many lines of links that their file is written anew. */
const TOGGLES = Array.from({ length: 1002 }, (_, at) =>
  link(at % 2 === 0 ? 'link' : 'unlink', 'u5', 't2'),
)

export const AFTER: readonly Make[] = [
  made(user('u3')),
  remove('u2', 't1'),
  made(...TOGGLES),
  made(user('u6'), link('link', 'u6', 't1')),
]

/** For a store that has some of these, whichever. */
export const LATER: Make = made(user('u9'), link('link', 'u9', 't1'))

export const batchOf = async (store: Connector, make: Make): Promise<Batch> => ({
  writes: await make(store),
  checks: [],
})

const EVERYTHING = { where: null, sort: [], skip: 0, limit: 99, total: false }

/** Items, and links from both sides, as one text. */
export async function stateOf(store: Connector): Promise<string> {
  const state: unknown[] = []
  const ids: Record<string, readonly string[]> = {}
  for (const collection of ['users', 'teams']) {
    const { items } = await store.select({ collection, ...EVERYTHING })
    ids[collection] = items.map(({ _id }) => _id)
    state.push(items.map(({ _id, doc }) => JSON.stringify([_id, doc['name']])))
  }
  for (const [side, collection] of [
    ['users.teams', 'users'],
    ['teams.members', 'teams'],
  ] as const)
    state.push(...(await store.linked({ side, ids: ids[collection] ?? [], where: null })))
  return JSON.stringify(state)
}

/** What the store is like after each of the commits. */
export async function statesOf(makes: readonly Make[]): Promise<readonly string[]> {
  const store = memoryConnector()
  await store.open(testSchema())
  const states = [await stateOf(store)]
  for (const make of makes) {
    await store.commit(await batchOf(store, make))
    states.push(await stateOf(store))
  }
  return states
}
