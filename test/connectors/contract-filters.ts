/**
 * The contract's cases of `where`: every kind of node and every function of functions.ts against the
 * ids that must come back from what store-seed.ts put in. Null is unknown, and unknown is not true.
 */
import type { Expr } from '../../src/expression/expr.ts'
import type { Connector } from '../../src/connectors/connector.ts'
import { seed } from '../support/store-seed.ts'
import { CALLS } from './contract-calls.ts'
import { CASES } from './contract-nodes.ts'
import { opened } from './contract-group.ts'
import type { Group, Make, Test } from './contract-group.ts'

/** `where` on users gives the items whose ids these are, in this order. */
export type FilterCase = readonly [name: string, where: Expr | null, ids: string]

async function ids(store: Connector, where: Expr | null): Promise<string> {
  const query = { collection: 'users', where, sort: [], skip: 0, limit: 100, total: true }
  const { items, total } = await store.select(query)
  if (total !== items.length) return `total ${total} of ${items.length} items`
  return items.map((item) => item._id).join(' ')
}

async function filters(t: Test, make: Make, cases: readonly FilterCase[]): Promise<void> {
  const store = await opened(t, make)
  await seed(store)
  for (const [name, where, expected] of cases) {
    let found: string
    try {
      found = await ids(store, where)
    } catch (error) {
      found = error instanceof Error ? (error.stack ?? error.message) : String(error)
    }
    t.equal(found, expected, name)
  }
}

export const filterCases: Group = {
  name: 'filters',
  run: async (t, make) => {
    await t.test('nodes, paths, operators', (t) => filters(t as Test, make, CASES))
    await t.test('functions', (t) => filters(t as Test, make, CALLS))
  },
}
