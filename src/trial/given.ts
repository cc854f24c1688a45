/**
 * The items of a test, put into stores in memory: by the rules of the model, with the system's rights, without the
 * hooks of events. Made once, and then as often as there are steps: each step finds them untouched.
 */
import type { TestConfig } from '../config/config.ts'
import type { Batch, CommitResult, Connector, Write } from '../connectors/connector.ts'
import { memoryConnector } from '../connectors/memory/memory-connector.ts'
import { BackoError, invalid } from '../errors.ts'
import type { Backoffice, Collection } from '../model/backoffice.ts'
import { hasAt, keysOf, omitAt } from '../operations/at-path.ts'
import type { Context, RunHook } from '../operations/context.ts'
import { createEntry } from '../operations/create.ts'
import { asDict } from '../operations/input.ts'
import { transact } from '../operations/transaction.ts'
import { loadEntry } from '../operations/unit-of-work.ts'
import { modifyEntry } from '../operations/update.ts'

/** An item of a test that can't be: where it stands, and why. */
export class BadGiven extends Error {
  override readonly name = 'BadGiven'
  readonly collection: string
  readonly index: number

  constructor(item: GivenItem, cause: BackoError) {
    super(cause.message, { cause })
    this.collection = item.collection.name
    this.index = item.index
  }
}

export interface GivenItem {
  readonly collection: Collection
  readonly index: number
  readonly id: string
  readonly body: Readonly<Record<string, unknown>>
}

export type Stores = ReadonlyMap<string, Connector>

/** Stores with the items in them, as many as one asks for. */
export type FreshStores = () => Promise<Stores>

/** @throws BadGiven */
export async function stockUp(
  given: TestConfig['given'],
  backoffice: Backoffice,
  contextOn: (stores: Stores) => Context,
): Promise<FreshStores> {
  const written: Written[] = []
  const stores = await emptyStores(backoffice)
  const noting = new Map(
    [...stores].map(([name, store]) => [
      name,
      notingWrites(store, (batch, versions) => written.push({ storage: name, batch, versions })),
    ]),
  )
  const context = contextOn(noting)
  await putAll({ ...context, runHook: withoutEvents(context.runHook) }, itemsOf(given, backoffice))
  return async () => {
    const fresh = await emptyStores(backoffice)
    await repeat(written, fresh)
    return fresh
  }
}

/** What was committed, and the versions that came of it. */
interface Written {
  readonly storage: string
  readonly batch: Batch
  readonly versions: CommitResult['versions']
}

/** The same writes again: what was asked of the stores held, and versions are new ones. */
async function repeat(written: readonly Written[], stores: Stores): Promise<void> {
  const renewed = new Map<string, string>()
  for (const { storage, batch, versions: before } of written) {
    const writes = batch.writes.map((write): Write => {
      if (write.kind !== 'update' && write.kind !== 'delete') return write
      return { ...write, version: renewed.get(`${storage} ${write.version}`) ?? write.version }
    })
    const result = await stores.get(storage)?.commit({ writes, checks: [] })
    before.forEach(({ version }, i) =>
      renewed.set(`${storage} ${version}`, result?.versions[i]?.version ?? version),
    )
  }
}

async function emptyStores({ storage }: Backoffice): Promise<Stores> {
  const stores = new Map<string, Connector>()
  for (const [name, schema] of storage) {
    const store = memoryConnector()
    await store.open(schema)
    stores.set(name, store)
  }
  return stores
}

const notingWrites = (
  store: Connector,
  note: (batch: Batch, versions: CommitResult['versions']) => void,
): Connector => ({
  ...store,
  commit: async (batch) => {
    const result = await store.commit(batch)
    note(batch, result.versions)
    return result
  },
})

/** What is given is there already: nobody is told of it. Rights that are hooks are asked. */
const withoutEvents =
  (run: RunHook): RunHook =>
  async (uow, call) =>
    'right' in call.context ? run(uow, call) : { result: undefined, changes: {} }

const itemsOf = (given: TestConfig['given'], { collections }: Backoffice): readonly GivenItem[] =>
  Object.entries(given).flatMap(([name, items]) => {
    const collection = collections.get(name)
    if (!collection) return []
    return items.map((body, index) => ({ collection, index, id: String(body['_id']), body }))
  })

/** In whatever order they come: who refers to another waits for it, and those in a circle are linked at the end. */
async function putAll(context: Context, items: readonly GivenItem[]): Promise<void> {
  let waiting = items
  while (waiting.length > 0) {
    const left: (readonly [GivenItem, BackoError])[] = []
    for (const item of waiting) {
      const refused = await refusalOf(item, () => put(context, item, item.body))
      if (refused) left.push([item, refused])
    }
    const [first] = left
    if (first && left.length === waiting.length) {
      await putCircle(context, left)
      return
    }
    waiting = left.map(([item]) => item)
  }
}

async function putCircle(
  context: Context,
  items: readonly (readonly [GivenItem, BackoError])[],
): Promise<void> {
  for (const [item, reason] of items) {
    const bare = referencesOf(item.collection).reduce(omitAt, asDict(item.body))
    if (await refusalOf(item, () => put(context, item, bare))) throw new BadGiven(item, reason)
  }
  for (const [item] of items) {
    const refused = await refusalOf(item, () => change(context, item))
    if (refused) throw new BadGiven(item, refused)
  }
}

const referencesOf = ({ sides }: Collection): readonly (readonly string[])[] =>
  sides.filter((side) => !side.inList && !side.required).map((side) => keysOf(side.path))

async function refusalOf(
  item: GivenItem,
  work: () => Promise<unknown>,
): Promise<BackoError | null> {
  try {
    await work()
    return null
  } catch (error) {
    if (error instanceof BackoError) return error
    throw new BadGiven(item, invalid([{ path: '$', message: String(error) }]))
  }
}

const put = (context: Context, { collection, id }: GivenItem, body: object): Promise<unknown> =>
  transact(context, async (uow) => {
    const entry = await createEntry(uow, collection, body, { system: true, id })
    return async () => entry
  })

const change = (context: Context, { collection, id, body }: GivenItem): Promise<unknown> =>
  transact(context, async (uow) => {
    const entry = await loadEntry(uow, collection, id)
    const references = referencesOf(collection).filter((keys) => hasAt(asDict(body), keys))
    if (entry && references.length > 0) await modifyEntry(uow, entry, body, { system: true })
    return async () => entry
  })
