/**
 * Paths as SQL: each step moves on from an item's row, a JSON value or an id; steps through references add
 * tables. What comes out is a Chain: where the path ends, and the tables passed on the way.
 * Knows no operator and no quantifier.
 */
import { backoError } from '../../errors.ts'
import type { Expr, Step, Type } from '../../expression/expr.ts'
import type { Access, Layout } from './layout.ts'
import type { Sql } from './sql.ts'
import { raw, sql } from './sql.ts'
import { placeValue } from './place-values.ts'
import type { Place } from './place-values.ts'
import { TICK } from './sql-functions.ts'

export type PathExpr = Extract<Expr, { kind: 'path' }>

export interface Chain {
  readonly place: Place
  readonly from: readonly Sql[]
  readonly where: readonly Sql[]
  readonly order: readonly string[]
  readonly many: boolean
  /** null where the list itself is null: an item on the way to it is not there */
  readonly guard: Sql | null
}

export interface PathContext {
  readonly layout: Layout
  /** what the root names; undefined: nothing */
  readonly root: (name: string) => Place | undefined
  readonly alias: (prefix: string) => string
}

interface Progress {
  place: Place
  from: Sql[]
  where: Sql[]
  order: string[]
  many: boolean
  guard: Sql | null
}

export function chainOf(context: PathContext, path: PathExpr): Chain {
  const place = context.root(path.root)
  if (place === undefined)
    throw backoError('BACKO_REQUEST_QUERY', `${path.root} can't be asked of the database`)
  const progress: Progress = { place, from: [], where: [], order: [], many: false, guard: null }
  for (const step of path.steps) advance(context, progress, step, path.type)
  return progress
}

function advance(context: PathContext, progress: Progress, step: Step, type: Type): void {
  const { place } = progress
  switch (step.kind) {
    case 'key':
      progress.place =
        place.kind === 'row' || place.kind === 'json'
          ? { ...place, keys: [...place.keys, step.name] }
          : { kind: 'nothing' }
      return
    case 'linked':
      if (place.kind === 'row') addLinked(context, progress, place, step)
      else progress.place = { kind: 'nothing' }
      return
    case 'follow':
      addFollow(context, progress, step, step.one === true ? null : type)
  }
}

/** The first step to many: what it starts from must be there, else the list is null. */
function becomeMany(progress: Progress, start: Sql): void {
  if (!progress.many) progress.guard = progress.from.length > 0 ? subquery(progress, start) : start
  progress.many = true
}

type RowPlace = Extract<Place, { kind: 'row' }>

function addLinked(
  context: PathContext,
  progress: Progress,
  place: RowPlace,
  step: Extract<Step, { kind: 'linked' }>,
): void {
  const access = context.layout.sides.get(step.side)
  if (access === undefined) throw elsewhere(step.side)
  const from = `${place.alias}.id`
  if (step.many && progress.from.length > 0) becomeMany(progress, raw(from))
  else if (step.many) progress.many = true
  const alias = context.alias('l')
  const { source, condition, order, place: next } = linkedTo(access, alias, from)
  progress.from.push(raw(source))
  progress.where.push(raw(condition))
  // links of links multiply: a thread that goes through them can be ended
  if (step.many && place.alias !== OUTERMOST)
    progress.where.push(raw(`${TICK}(${columnsOf(access, alias)})`))
  progress.order.push(order)
  progress.place = next
}

/** The rows that are asked for themselves. */
const OUTERMOST = 't'

/** Something of each row. */
const columnsOf = ({ kind }: Access, alias: string): string =>
  `${alias}.${{ column: 'n', refs: 'item_id', edges: 'seq' }[kind]}`

export interface LinkedSource {
  /** of FROM */
  readonly source: string
  readonly order: string
  /** at the far end */
  readonly place: Place
}

/**
 * The rows that say what is linked at a side. The index of the link is named, as SQLite can't know that few
 * items share a link where many share a name; `anyIndex` where the link is not what is asked for.
 */
export function linkedSource(
  access: Access,
  alias: string,
  { anyIndex = false }: { readonly anyIndex?: boolean } = {},
): LinkedSource {
  switch (access.kind) {
    case 'column': {
      const { table, index } = access
      const row = { table, alias }
      return {
        source: `${table.sql} ${alias}${anyIndex ? '' : ` INDEXED BY ${index}`}`,
        order: `${alias}.id`,
        place: { kind: 'ref', id: raw(`${alias}.id`), row },
      }
    }
    case 'refs':
      return {
        source: `${access.refs.sql} ${alias}`,
        order: `${alias}.item_id`,
        place: { kind: 'ref', id: raw(`${alias}.item_id`) },
      }
    case 'edges':
      return {
        source: `${access.edges.sql} ${alias}`,
        order: `${alias}.seq`,
        place: { kind: 'ref', id: raw(`${alias}.${access.far}`) },
      }
  }
}

/** Those of the item whose id is `near`. */
function linkedTo(
  access: Access,
  alias: string,
  near: string,
): LinkedSource & { condition: string } {
  const found = linkedSource(access, alias)
  switch (access.kind) {
    case 'column':
      return { ...found, condition: `${alias}.${access.column.sql} = ${near}` }
    case 'refs':
      return { ...found, condition: `${alias}.target_id = ${near}` }
    case 'edges': {
      if (!access.edges.relation.symmetric)
        return { ...found, condition: `${alias}.${access.near} = ${near}` }
      const far = `CASE ${alias}.owner WHEN ${near} THEN ${alias}.other ELSE ${alias}.owner END`
      return {
        ...found,
        condition: `(${alias}.owner = ${near} OR ${alias}.other = ${near})`,
        place: { kind: 'ref', id: raw(far) },
      }
    }
  }
}

function addFollow(
  context: PathContext,
  progress: Progress,
  { collection }: Extract<Step, { kind: 'follow' }>,
  type: Type | null,
): void {
  const { place } = progress
  if (place.kind === 'nothing') return
  const table = context.layout.tables.get(collection)
  if (table === undefined) throw elsewhere(collection)
  if (place.kind === 'ref' && place.row?.table === table) {
    progress.place = { kind: 'row', table, alias: place.row.alias, keys: [] }
    return
  }
  const id = place.kind === 'ref' ? place.id : refValue(context, progress, place, type)
  const alias = context.alias('r')
  progress.from.push(raw(`${table.sql} ${alias}`))
  progress.where.push(sql`${alias}.id = ${id}`)
  progress.place = { kind: 'row', table, alias, keys: [] }
}

/** The id that a Ref holds; for Refs in a list, each of them. */
function refValue(
  context: PathContext,
  progress: Progress,
  place: Extract<Place, { kind: 'row' | 'json' }>,
  type: Type | null,
): Sql {
  if (type === null) return placeValue(place, 'text')
  if (place.kind === 'row') {
    const path = place.keys.join('.')
    const column = place.table.columnAt.get(path)
    if (column !== undefined) return raw(`${place.alias}.${column.sql}`)
    if (!place.table.refLists.some((refs) => refs.keys.join('.') === path) && type.kind !== 'list')
      return placeValue(place, 'text')
  } else if (type.kind !== 'list' || progress.many) return placeValue(place, 'text')
  const list = placeValue(place, 'json')
  becomeMany(progress, list)
  const alias = context.alias('j')
  progress.from.push(sql`json_each(${list}) ${alias}`)
  progress.where.push(raw(`${alias}.value IS NOT NULL`))
  progress.order.push(`${alias}.key`)
  return raw(`${alias}.value`)
}

function elsewhere(name: string): Error {
  return backoError(
    'BACKO_REQUEST_QUERY',
    `A filter can't pass through ${name}: it is kept in another storage`,
  )
}

/** `(SELECT value FROM ... WHERE ...)` over the tables of a chain. */
export function subquery(chain: Pick<Chain, 'from' | 'where'>, value: Sql): Sql {
  const from = chain.from.map((one) => one.text).join(', ')
  const where = chain.where.map((one) => one.text).join(' AND ')
  const params = [...chain.from, ...chain.where].flatMap((one) => one.params)
  return {
    text: `(SELECT ${value.text} FROM ${from}${where === '' ? '' : ` WHERE ${where}`})`,
    params: [...value.params, ...params],
  }
}
