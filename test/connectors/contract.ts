/**
 * One suite for every connector: what connector.ts says, as tables of cases.
 * A connector's own test calls connectorContract with a way to make an empty store.
 */
import t from 'tap'
import { testSchema } from '../support/storage-schema.ts'
import type { Connector } from '../../src/connectors/connector.ts'
import { commitCases } from './contract-commits.ts'
import { conflictCases } from './contract-conflicts.ts'
import { filterCases } from './contract-filters.ts'
import { pageCases } from './contract-pages.ts'
import { relationCases } from './contract-relations.ts'
import { lastingCases } from './contract-lasting.ts'

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

const GROUPS: readonly Group[] = [
  commitCases,
  conflictCases,
  relationCases,
  filterCases,
  pageCases,
  lastingCases,
]

/** Runs the whole suite over the connectors that `make` gives. */
export function connectorContract(name: string, make: Make): void {
  for (const group of GROUPS) {
    void t.test(`${name}: ${group.name}`, (t) => group.run(t as Test, make))
  }
}
