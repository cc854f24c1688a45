/**
 * Expr to SQL. Three readings of a condition: `value` (1, 0 or NULL, exactly), `truth` (true just when the
 * condition is; may be 0 or NULL otherwise, so that indexes serve) and `falsity` (the same for false).
 * Values are parameters always. Knows tables through the Layout; runs nothing.
 */
import type { DictValue, Expr, Type, Value } from '../../expression/expr.ts'
import { typeOf } from '../../expression/build.ts'
import { chainOf, subquery } from './chains.ts'
import type { Chain, PathExpr } from './chains.ts'
import { asJson, asRepr, placeValue } from './place-values.ts'
import type { Place } from './place-values.ts'
import { callTruth, callValue } from './call-sql.ts'
import type { Layout, Table } from './layout.ts'
import {
  quantifierFalsity,
  quantifierTruth,
  quantifierValue,
  transformValue,
} from './quantifiers.ts'
import { GET } from './sql-functions.ts'
import type { SqlFunctions } from './sql-functions.ts'
import { scalarPlace } from './translator.ts'
import type { Translator, Typed } from './translator.ts'
import { joinSql, junction, param, raw, sql } from './sql.ts'
import type { Sql } from './sql.ts'
import { encode, reprOf, reprOfValue } from './values.ts'
import type { Repr } from './values.ts'

type Bindings = ReadonlyMap<string, Place>

/** For conditions on the rows of `table`, named `alias`. */
export function translatorFor(input: {
  readonly layout: Layout
  readonly functions: SqlFunctions
  readonly table: Table
  readonly alias: string
}): Translator {
  const { layout, functions, table } = input
  let count = 0
  const alias = (prefix: string): string => `${prefix}${(count += 1)}`
  const scope = (names: Bindings): Translator => {
    const t: Translator = {
      layout,
      functions,
      names,
      alias,
      withName: (name, place) => scope(new Map([...names, [name, place]])),
      truth: (expr) => truth(t, expr),
      falsity: (expr) => falsity(t, expr),
      condition: (expr) => condition(t, expr),
      value: (expr) => value(t, expr),
      chain: (path) => chainOf({ layout, alias, root: (name) => names.get(name) }, path),
    }
    return t
  }
  return scope(new Map([['item', { kind: 'row', table, alias: input.alias, keys: [] }]]))
}

function truth(t: Translator, expr: Expr): Sql {
  switch (expr.kind) {
    case 'literal':
      return raw(expr.value === true ? '1' : '0')
    case 'and':
    case 'or':
      return junction(
        expr.args.map((arg) => truth(t, arg)),
        expr.kind === 'and' ? 'AND' : 'OR',
      )
    case 'not':
      return falsity(t, expr.arg)
    case 'path':
      return sql`${condition(t, expr)} = 1`
    case 'any':
    case 'all':
      return quantifierTruth(t, expr)
    case 'call':
      return callTruth(t, expr) ?? condition(t, expr)
    case 'one':
    case 'if':
    case 'map':
    case 'filter':
    case 'list':
    case 'dict':
      return condition(t, expr)
  }
}

function falsity(t: Translator, expr: Expr): Sql {
  switch (expr.kind) {
    case 'literal':
      return raw(expr.value === false ? '1' : '0')
    case 'and':
    case 'or':
      return junction(
        expr.args.map((arg) => falsity(t, arg)),
        expr.kind === 'and' ? 'OR' : 'AND',
      )
    case 'not':
      return truth(t, expr.arg)
    case 'path':
      return sql`${condition(t, expr)} = 0`
    case 'any':
    case 'all':
      return quantifierFalsity(t, expr)
    case 'call':
    case 'one':
    case 'if':
    case 'map':
    case 'filter':
    case 'list':
    case 'dict':
      return sql`NOT ${condition(t, expr)}`
  }
}

/** 1, 0 or NULL: anything but a bool is unknown. */
function condition(t: Translator, expr: Expr): Sql {
  const { sql: found, repr } = value(t, expr)
  if (repr === 'bool') return found
  return repr === 'dyn' ? asRepr(found, 'dyn', 'bool') : raw('NULL')
}

function value(t: Translator, expr: Expr): Typed {
  switch (expr.kind) {
    case 'literal':
      return literalValue(expr.value, expr.type)
    case 'path':
      return pathValue(t, expr)
    case 'and':
    case 'or':
      return bool(
        junction(
          expr.args.map((arg) => condition(t, arg)),
          expr.kind === 'and' ? 'AND' : 'OR',
        ),
      )
    case 'not':
      return bool(sql`(NOT ${condition(t, expr.arg)})`)
    case 'if': {
      const repr = branchRepr(expr)
      const then = valueAs(t, expr.then, repr)
      return {
        sql: sql`CASE ${condition(t, expr.test)} WHEN 1 THEN ${then} WHEN 0 THEN ${valueAs(t, expr.else, repr)} END`,
        repr,
      }
    }
    case 'call':
      return callValue(t, expr)
    case 'any':
    case 'all':
    case 'one':
      return bool(quantifierValue(t, expr))
    case 'map':
    case 'filter':
      return { sql: transformValue(t, expr), repr: 'json' }
    case 'list':
      return {
        sql: sql`json_array(${joinSql(
          expr.items.map((item) => jsonOf(t, item)),
          ', ',
        )})`,
        repr: 'json',
      }
    case 'dict': {
      const entries = expr.entries.map(([key, item]) => sql`${param(key)}, ${jsonOf(t, item)}`)
      return { sql: sql`json_object(${joinSql(entries, ', ')})`, repr: 'json' }
    }
  }
}

const bool = (found: Sql): Typed => ({ sql: found, repr: 'bool' })

function branchRepr(expr: Extract<Expr, { kind: 'if' }>): Repr {
  const repr = reprOf(expr.type)
  return repr === 'null' ? reprOf(typeOf(expr.else)) : repr
}

/** The value in a representation that others expect. */
function valueAs(t: Translator, expr: Expr, repr: Repr): Sql {
  const found = value(t, expr)
  return asRepr(found.sql, found.repr, repr)
}

function jsonOf(t: Translator, expr: Expr): Sql {
  const found = value(t, expr)
  return asJson(found.sql, found.repr)
}

function literalValue(given: Value, type: Type): Typed {
  if (given === null) return { sql: raw('NULL'), repr: 'null' }
  const own = reprOfValue(given)
  // a dyn keeps its kind; all else is what it looks like
  const repr = own === 'json' || type.kind !== 'dyn' ? own : type.kind
  return { sql: param(encode(given as DictValue, repr)), repr }
}

function pathValue(t: Translator, path: PathExpr): Typed {
  const repr = reprOf(path.type)
  const chain = t.chain(path)
  if (chain.many) return { sql: asRepr(listValue(chain), 'json', repr), repr }
  const found = placeValue(chain.place, repr)
  return { sql: chain.from.length === 0 ? found : subquery(chain, found), repr }
}

/** What a chain to many gives, as JSON text: nulls dropped, lists joined. */
function listValue(chain: Chain): Sql {
  const { place, order } = chain
  const plain = scalarPlace(place)
  const element = plain ?? { sql: placeValue(wholePlace(place), 'json'), repr: 'json' as const }
  const gathered = sql`json_group_array(${asJson(element.sql, element.repr)} ORDER BY ${order.join(', ')})`
  const keys = plain === undefined && place.kind === 'row' ? place.keys : []
  const isSet = sql`${element.sql} IS NOT NULL`
  const list = subquery({ from: chain.from, where: [...chain.where, isSet] }, gathered)
  const walked = keys.length === 0 ? list : sql`${GET}(${list}, ${param(JSON.stringify(keys))})`
  return chain.guard === null
    ? walked
    : sql`CASE WHEN ${chain.guard} IS NOT NULL THEN ${walked} END`
}

const wholePlace = (place: Place): Place => (place.kind === 'row' ? { ...place, keys: [] } : place)
