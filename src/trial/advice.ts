/** What would spare a store the look at every item: an index, where the model has none. Knows no store. */
import type { Expr, Step } from '../expression/expr.ts'
import type { Backoffice } from '../model/backoffice.ts'
import type { QueryPlan, SelectQuery } from '../connectors/connector.ts'

const COMPARED = new Set(['eq', 'in', 'lt', 'lte', 'gt', 'gte', 'starts_with', 'matches_start'])

/** A line for each index that is missing. */
export function adviceFor(
  { collection, where, sort }: SelectQuery,
  plan: QueryPlan,
  backoffice: Backoffice,
): readonly string[] {
  const advice = new Set<string>()
  if (plan.scans !== null && where !== null) {
    const fields = helping(where, (part) => comparedField(part, collection, backoffice))
    if (fields === null) advice.add('no index can help: see `where`')
    else advice.add(`add \`index: true\` to ${fields}`)
  }
  const [first] = sort
  if (plan.sorts && first && sort.length === 1 && first.expr.kind === 'path') {
    const field = unindexed(first.expr.steps, collection, backoffice)
    if (field !== null) advice.add(`the order would come of \`index: true\` on ${field}`)
  }
  return [...advice]
}

/** Of a conjunction one part that narrows is enough; of a choice every arm must. Null: nothing helps. */
function helping(where: Expr, fieldOf: (part: Expr) => string | null): string | null {
  if (where.kind !== 'and' && where.kind !== 'or') return fieldOf(where)
  const found = where.args.map((arg) => helping(arg, fieldOf))
  const fields = [...new Set(found.filter((field) => field !== null))]
  if (where.kind === 'and') return fields.length === 0 ? null : fields.join(' or ')
  return found.includes(null) ? null : fields.join(' and ')
}

function comparedField(part: Expr, collection: string, backoffice: Backoffice): string | null {
  if (part.kind === 'path') return unindexed(part.steps, collection, backoffice)
  if (part.kind !== 'call' || !COMPARED.has(part.fn)) return null
  const path = part.args.find((arg) => arg.kind === 'path' && arg.root === 'item')
  const bound = part.args.some((arg) => arg.kind === 'literal')
  if (!bound || path?.kind !== 'path') return null
  return unindexed(path.steps, collection, backoffice)
}

/** `books.author`, where an index of it can be, and is not. */
function unindexed(
  steps: readonly Step[],
  collection: string,
  backoffice: Backoffice,
): string | null {
  let here = collection
  let keys: string[] = []
  for (const step of steps) {
    if (step.kind === 'linked') return null
    if (step.kind === 'follow') {
      here = step.collection
      keys = []
    } else keys.push(step.name)
  }
  const found = backoffice.collections.get(here)
  const path = keys.join('.')
  const field = found?.fieldAt.get(path)
  const stored = found?.stored.fields.find((each) => each.path === path)
  if (!field || !stored || stored.index || stored.unique || path === '_id') return null
  const leads = found?.stored.indexes.some(({ fields }) => fields[0]?.path === path)
  return leads ? null : `${here}.${path}`
}
