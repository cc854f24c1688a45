/**
 * One suite for every connector: what connector.ts says, as tables of cases.
 * A connector's own test calls connectorContract with a way to make an empty store.
 */
import t from 'tap'
import { commitCases } from './contract-commits.ts'
import { conflictCases } from './contract-conflicts.ts'
import { fileCases } from './contract-files.ts'
import { explainCases } from './contract-explain.ts'
import { filterCases } from './contract-filters.ts'
import { pageCases } from './contract-pages.ts'
import { relationCases } from './contract-relations.ts'
import { lastingCases } from './contract-lasting.ts'
import { searchCases } from './contract-searches.ts'
import type { Group, Make, Test } from './contract-group.ts'

const GROUPS: readonly Group[] = [
  commitCases,
  conflictCases,
  searchCases,
  relationCases,
  filterCases,
  pageCases,
  lastingCases,
  explainCases,
  fileCases,
]

/** Runs the whole suite over the connectors that `make` gives. */
export function connectorContract(name: string, make: Make): void {
  for (const group of GROUPS) {
    void t.test(`${name}: ${group.name}`, (t) => group.run(t as Test, make))
  }
}
