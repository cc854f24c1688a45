/** How SQLite goes about a list: the statement, EXPLAIN QUERY PLAN, and which fields its indexes are of. */
import type { QueryPlan, SelectQuery } from '../connector.ts'
import type { Layout } from './layout.ts'
import { firstStatement } from './run-page.ts'
import { planOf } from './select.ts'
import type { Reading } from './select.ts'

export function explain(reading: Reading, query: SelectQuery): QueryPlan {
  const plan = planOf(reading, query)
  const { text, params } = firstStatement(reading, plan)
  const rows = reading.statements.db.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...params)
  const steps = (rows as { readonly detail: string }[]).map(({ detail }) => detail)
  // `t` are the items; without a condition the walk ends with the page
  const looksAtAll = plan.where !== null && steps.some((step) => /^SCAN t\b/.test(step))
  return {
    statement: text.replaceAll(/\s+/g, ' '),
    params: params.map((each) => (Buffer.isBuffer(each) ? each.toString('base64') : each)),
    steps,
    indexes: indexesIn(steps, reading.layout),
    scans: looksAtAll ? reading.counts.all(plan.table) : null,
    sorts: steps.some((step) => step.startsWith('USE TEMP B-TREE FOR')),
  }
}

function indexesIn(steps: readonly string[], layout: Layout): readonly string[] {
  const found = new Set<string>()
  for (const step of steps) {
    const [, name] = /USING (?:COVERING )?INDEX (.+?)(?: \(.*\))?$/.exec(step) ?? []
    if (name !== undefined) found.add(fieldsOf(name, layout))
  }
  return [...found]
}

function fieldsOf(name: string, { tables }: Layout): string {
  for (const { indexes } of tables.values()) {
    const index = indexes.find((each) => each.name === name)
    if (index)
      return index.columns
        .map(({ column, descending }) => `${descending ? '-' : ''}${column.path}`)
        .join(', ')
  }
  // made by SQLite itself for what is unique in every table
  return name.startsWith('sqlite_autoindex') ? '_id' : name
}
