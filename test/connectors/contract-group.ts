/** What the groups of the contract's cases share: their shape, and a store for each. */
import type t from 'tap'
import type { Connector, StoredItem } from '../../src/connectors/connector.ts'
import { testSchema } from '../support/storage-schema.ts'

/** A store for one test. Connectors are not opened yet: the suite does that, with its own schema. */
export interface Made {
  readonly connector: Connector
  /** another connector over what the first one kept; asked for after the first was closed */
  readonly reopen?: () => Promise<Connector>
  /** called when every connector is closed */
  readonly cleanup: () => Promise<void>
}

export type Make = () => Promise<Made>

export type Test = typeof t

/** A named group of cases; `make` gives an empty store each time. */
export interface Group {
  readonly name: string
  readonly run: (t: Test, make: Make) => Promise<void>
}

/** An opened, empty store that is closed and cleaned when the test ends. */
export async function opened(t: Test, make: Make): Promise<Connector> {
  const { connector, cleanup } = await make()
  await connector.open(testSchema())
  t.teardown(async () => {
    await connector.close()
    await cleanup()
  })
  return connector
}

/** The item, which must be there. */
export async function readOne(
  store: Connector,
  collection: string,
  id: string,
): Promise<StoredItem> {
  const [found] = await store.read(collection, [id])
  if (found === undefined) throw new Error(`${collection}/${id} is not there`)
  return found
}

/** A plain copy: what goes out as JSON. */
export const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
