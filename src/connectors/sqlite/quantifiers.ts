/**
 * any, all, one, map and filter as SQL over the rows that a list is: linked items by their tables (so that
 * indexes serve), all other lists by json_each. Knows operators only through translate.ts.
 */
import { typeOf } from '../../expression/build.ts'
import type { Expr } from '../../expression/expr.ts'
import { asJson, asList, placeValue } from './place-values.ts'
import type { Place } from './place-values.ts'
import { refsPrefilter } from './ref-prefilter.ts'
import { semiJoin } from './semi-join.ts'
import { raw, sql } from './sql.ts'
import type { Sql } from './sql.ts'
import { scalarPlace } from './translator.ts'
import type { Translator, Typed } from './translator.ts'
import { reprOf } from './values.ts'
import type { Repr } from './values.ts'

type Quantifier = Extract<Expr, { kind: 'any' | 'all' | 'one' }>
type Transform = Extract<Expr, { kind: 'map' | 'filter' }>

interface Rows {
  readonly from: readonly Sql[]
  readonly where: readonly Sql[]
  readonly order: readonly string[]
  readonly place: Place
  readonly elementRepr: Repr
  /** NULL just when the list is; null when it never is */
  readonly guard: Sql | null
}

/** The rows that are the elements of a list. */
export function rowsOf(t: Translator, list: Expr): Rows {
  if (list.kind === 'path') {
    const chain = t.chain(list)
    const scalar = scalarPlace(chain.place)
    const isItem = chain.place.kind === 'row' && chain.place.keys.length === 0
    if (chain.many && (scalar !== undefined || isItem)) {
      const isSet =
        scalar === undefined || chain.place.kind === 'ref' ? [] : [sql`${scalar.sql} IS NOT NULL`]
      return {
        from: chain.from,
        where: [...chain.where, ...isSet],
        order: chain.order,
        place: chain.place,
        elementRepr: scalar?.repr ?? 'json',
        guard: chain.guard,
      }
    }
  }
  const type = typeOf(list)
  const found = t.value(list)
  const json = asList(
    found.sql,
    found.repr,
    list.kind === 'literal' ? { kind: 'list', items: type } : type,
  )
  const alias = t.alias('j')
  return {
    from: [sql`json_each(${json}) ${alias}`],
    where: [],
    order: [`${alias}.key`],
    place: { kind: 'json', alias, keys: [] },
    elementRepr: type.kind === 'list' ? reprOf(type.items) : 'dyn',
    guard: json,
  }
}

const fromRows = (rows: Rows, ...more: readonly Sql[]): Sql => {
  const where = [...rows.where, ...more]
  const from = {
    text: rows.from.map((one) => one.text).join(', '),
    params: rows.from.flatMap((one) => one.params),
  }
  if (where.length === 0) return sql`FROM ${from}`
  const text = where.map((one) => one.text).join(' AND ')
  return sql`FROM ${from} WHERE ${{ text, params: where.flatMap((one) => one.params) }}`
}

const guarded = (rows: Rows, found: Sql): Sql =>
  rows.guard === null ? found : sql`(${rows.guard} IS NOT NULL AND ${found})`

/** Some element for which the body is true (any), or none for which it is not (all). */
export function quantifierTruth(t: Translator, expr: Quantifier): Sql {
  const turned = expr.kind === 'any' ? semiJoin(t, expr) : undefined
  if (turned !== undefined) return turned
  const rows = rowsOf(t, expr.list)
  const inner = t.withName(expr.name, rows.place)
  const body = sql`(${inner.truth(expr.body)})`
  if (expr.kind !== 'any')
    return guarded(rows, sql`NOT EXISTS (SELECT 1 ${fromRows(rows, sql`${body} IS NOT TRUE`)})`)
  const exists = sql`EXISTS (SELECT 1 ${fromRows(rows, body)})`
  const prefilter = refsPrefilter(t, expr)
  return prefilter === undefined ? exists : sql`(${prefilter} AND ${exists})`
}

export function quantifierFalsity(t: Translator, expr: Quantifier): Sql {
  const rows = rowsOf(t, expr.list)
  const inner = t.withName(expr.name, rows.place)
  const body = sql`(${inner.falsity(expr.body)})`
  if (expr.kind === 'all') return sql`EXISTS (SELECT 1 ${fromRows(rows, body)})`
  return guarded(rows, sql`NOT EXISTS (SELECT 1 ${fromRows(rows, sql`${body} IS NOT TRUE`)})`)
}

/** Weight of an unknown where trues are counted: no list is as long. */
const UNKNOWN = '1000000000'

export function quantifierValue(t: Translator, expr: Quantifier): Sql {
  const rows = rowsOf(t, expr.list)
  const body = t.withName(expr.name, rows.place).condition(expr.body)
  const found = valueOver(expr.kind, rows, body)
  return rows.guard === null ? found : sql`CASE WHEN ${rows.guard} IS NOT NULL THEN ${found} END`
}

/**
 * The body as `b` of a query of its own: an aggregate over nothing but outer columns would be taken for one
 * of the outer query.
 */
const bodies = (rows: Rows, body: Sql): Sql => sql`FROM (SELECT ${body} AS b ${fromRows(rows)})`

function valueOver(kind: Quantifier['kind'], rows: Rows, body: Sql): Sql {
  switch (kind) {
    case 'any': {
      const most = sql`SELECT max(CASE b WHEN 1 THEN 2 WHEN 0 THEN 0 ELSE 1 END) ${bodies(rows, body)}`
      return sql`CASE coalesce((${most}), 0) WHEN 2 THEN 1 WHEN 0 THEN 0 END`
    }
    case 'all': {
      const least = sql`SELECT min(CASE b WHEN 0 THEN 0 WHEN 1 THEN 2 ELSE 1 END) ${bodies(rows, body)}`
      return sql`CASE coalesce((${least}), 2) WHEN 2 THEN 1 WHEN 0 THEN 0 END`
    }
    case 'one': {
      const weight = sql`CASE b WHEN 1 THEN 1 WHEN 0 THEN 0 ELSE ${UNKNOWN} END`
      const sum = sql`SELECT coalesce(sum(${weight}), 0) AS s ${bodies(rows, body)}`
      return sql`(SELECT CASE WHEN s % ${UNKNOWN} > 1 THEN 0 WHEN s >= ${UNKNOWN} THEN NULL ELSE s = 1 END
        FROM (${sum}))`
    }
  }
}

/** A JSON list: of what the body gives (map), of the elements for which it is true (filter). */
export function transformValue(t: Translator, expr: Transform): Sql {
  const rows = rowsOf(t, expr.list)
  const inner = t.withName(expr.name, rows.place)
  const element = { sql: placeValue(rows.place, rows.elementRepr), repr: rows.elementRepr }
  const given = expr.kind === 'map' ? inner.value(expr.body) : element
  const kept = expr.kind === 'map' ? [] : [sql`(${inner.truth(expr.body)})`]
  const order = rows.order.map((column, at) => `${column} AS o${at}`).join(', ')
  const ordered = rows.order.map((_, at) => `o${at}`).join(', ')
  const found = sql`(SELECT json_group_array(${asJson(raw('b'), given.repr)} ORDER BY ${ordered})
    FROM (SELECT ${given.sql} AS b, ${order} ${fromRows(rows, ...kept)}))`
  return rows.guard === null ? found : sql`CASE WHEN ${rows.guard} IS NOT NULL THEN ${found} END`
}

/** How many: without making the list. */
export function countValue(t: Translator, list: Expr): Sql {
  const rows = rowsOf(t, list)
  const count = sql`(SELECT COUNT(*) ${fromRows(rows)})`
  return rows.guard === null ? count : sql`CASE WHEN ${rows.guard} IS NOT NULL THEN ${count} END`
}

/** `element` stands among the rows: for `in`. */
export function memberTruth(t: Translator, element: Typed, list: Expr): Sql | undefined {
  const rows = rowsOf(t, list)
  const isNumber = (repr: Repr) => repr === 'int' || repr === 'float'
  const alike =
    rows.elementRepr === element.repr || (isNumber(rows.elementRepr) && isNumber(element.repr))
  if (!alike) return undefined
  const own = placeValue(rows.place, rows.elementRepr)
  return sql`EXISTS (SELECT 1 ${fromRows(rows, sql`${own} = ${element.sql}`)})`
}
