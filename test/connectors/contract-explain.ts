/** The contract's cases of `explain`: which index a list would use, and when all items are looked at. */
import type { SelectQuery } from '../../src/connectors/connector.ts'
import { FLOAT, INT, asc, is, item, lit } from '../support/expr-builders.ts'
import { seed } from '../support/store-seed.ts'
import { opened } from './contract-group.ts'
import type { Group } from './contract-group.ts'

const ALL: SelectQuery = {
  collection: 'users',
  where: null,
  sort: [],
  skip: 0,
  limit: 2,
  total: true,
}

export const explainCases: Group = {
  name: 'explain',
  run: async (t, make) => {
    const store = await opened(t, make)
    await seed(store)
    const before = await store.select(ALL)
    const plan = async (query: Partial<SelectQuery>) => {
      const found = await store.explain?.({ ...ALL, ...query })
      if (!found) throw new Error('this store can not explain')
      return found
    }
    const indexed = await plan({ where: is('eq', item(INT, 'age'), lit(30)) })
    t.equal(indexed.scans, null, 'an index tells')
    t.match(indexed.indexes.join(), /\bage\b/)
    const scanned = await plan({ where: is('eq', item(FLOAT, 'score'), lit(1.5)) })
    t.equal(scanned.scans, before.total, 'every item is looked at')
    const walked = await plan({})
    t.equal(walked.scans, null, 'a page of all is just the page')
    t.equal((await plan({ sort: [asc(item(FLOAT, 'score'))] })).sorts, true)
    t.same(await store.select(ALL), before, 'nothing has changed')
  },
}
