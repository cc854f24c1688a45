/**
 * Conditions on linked items turned round: where an index finds the linked items (or the links) that a condition
 * asks for, `any(item.users, u, u.name == 'x')` is `item.id IN (SELECT addr FROM users WHERE name = 'x')`.
 * Only for conditions that name nothing of the item itself. Knows which columns have an index.
 */
import { childrenOf } from '../../expression/build.ts'
import type { Expr, Step } from '../../expression/expr.ts'
import { linkedSource } from './chains.ts'
import type { Place } from './place-values.ts'
import type { Access, Table } from './layout.ts'
import { sql } from './sql.ts'
import type { Sql } from './sql.ts'
import type { Translator } from './translator.ts'

type Path = Extract<Expr, { kind: 'path' }>
type Linked = Extract<Step, { kind: 'linked' }>

export interface Any {
  readonly list: Expr
  readonly name: string
  readonly body: Expr
}

/** The condition on the item, or undefined where it is better asked item by item. */
export function semiJoin(t: Translator, { list, name, body }: Any): Sql | undefined {
  if (list.kind !== 'path') return undefined
  const start = t.names.get(list.root)
  const end = endOf(list)
  const access = end === undefined ? undefined : t.layout.sides.get(end.linked.side)
  if (start?.kind !== 'row' || end === undefined || access === undefined) return undefined
  const target = targetOf(t, access)
  if (target === undefined || !isFree(body, new Set([name]))) return undefined
  const parts = body.kind === 'and' ? body.args : [body]
  if (!parts.some((part) => isSelective(part, name, { target, isItem: end.isItem })))
    return undefined
  const near = nearOf(access)
  if (near === undefined) return undefined
  const alias = t.alias('s')
  const { source, place } = linkedSource(access, alias, { anyIndex: true })
  const bound = end.isItem ? itemPlace(place) : place
  if (bound === undefined) return undefined
  const condition = t.withName(name, bound).truth(body)
  return sql`${start.alias}.id IN (SELECT ${alias}.${near} FROM ${source} WHERE ${condition})`
}

/** `item.a.b` -> linked, then perhaps on to the items themselves. */
function endOf({ steps }: Path): { readonly linked: Linked; readonly isItem: boolean } | undefined {
  const at = steps.findIndex((step) => step.kind !== 'key')
  const linked = steps[at]
  const rest = steps.slice(at + 1)
  const isItem = rest.length === 1 && rest[0]?.kind === 'follow'
  return linked?.kind === 'linked' && (isItem || rest.length === 0) ? { linked, isItem } : undefined
}

function targetOf(t: Translator, access: Access): Table | undefined {
  if (access.kind === 'column') return access.table
  return access.target === undefined ? undefined : t.layout.tables.get(access.target)
}

function nearOf(access: Access): string | undefined {
  switch (access.kind) {
    case 'column':
      return access.column.sql
    case 'refs':
      return 'target_id'
    case 'edges':
      return access.edges.relation.symmetric ? undefined : access.near
  }
}

const itemPlace = (place: Place): Place | undefined =>
  place.kind === 'ref' && place.row !== undefined
    ? { kind: 'row', ...place.row, keys: [] }
    : undefined

/** Names nothing but what is bound in it. */
function isFree(expr: Expr, bound: ReadonlySet<string>): boolean {
  if (expr.kind === 'path') return bound.has(expr.root)
  const inner = 'name' in expr ? new Set([...bound, expr.name]) : bound
  return childrenOf(expr).every((child) => isFree(child, inner))
}

interface Far {
  readonly target: Table
  /** elements are items, not ids */
  readonly isItem: boolean
}

/** Equality with values, of the id or of the first column of an index. */
function isSelective(part: Expr, name: string, { target, isItem }: Far): boolean {
  if (part.kind !== 'call' || !['eq', 'in', 'starts_with'].includes(part.fn)) return false
  const path = part.args.find((arg) => arg.kind === 'path')
  const literal = part.args.find((arg) => arg.kind === 'literal')
  if (path?.kind !== 'path' || path.root !== name || literal?.kind !== 'literal') return false
  if (literal.value === null) return false
  if (path.steps.length === 0) return !isItem
  const steps = isItem ? path.steps : path.steps.slice(1)
  const follows = isItem || path.steps[0]?.kind === 'follow'
  const keys = steps.flatMap((step) => (step.kind === 'key' ? [step.name] : []))
  if (!follows || keys.length < steps.length) return false
  const dotted = keys.join('.')
  return (
    dotted === '_id' || target.indexes.some((index) => index.columns[0]?.column.path === dotted)
  )
}
