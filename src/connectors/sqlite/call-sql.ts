/**
 * Calls as SQL: those which SQLite does itself, and just as memory does, are said natively (native-calls.ts);
 * all others go through the SQL functions made of the same rows. Knows no tables.
 */
import { backoError } from '../../errors.ts'
import { functionRow } from '../../expression/functions.ts'
import type { Expr } from '../../expression/expr.ts'
import { NATIVE, NATIVE_TRUTH } from './native-calls.ts'
import { joinSql, sql } from './sql.ts'
import type { Sql } from './sql.ts'
import { scalarPlace } from './translator.ts'
import type { Translator, Typed } from './translator.ts'
import { reprOf } from './values.ts'

export type Call = Extract<Expr, { kind: 'call' }>

export function callValue(t: Translator, call: Call): Typed {
  const native = NATIVE.get(call.fn)?.(t, call)
  if (native !== undefined) return native
  const row = functionRow(call.fn)
  if (row.volatile)
    throw backoError('BACKO_REQUEST_QUERY', `${call.fn}() can't be asked of the database`)
  const args = call.args.map((arg) => t.value(arg))
  const repr = reprOf(call.type)
  const name = t.functions.row(
    call.fn,
    args.map((arg) => arg.repr),
    repr,
  )
  return {
    sql: sql`${name}(${joinSql(
      args.map((arg) => arg.sql),
      ', ',
    )})`,
    repr,
  }
}

/** Where only true matters, indexes may serve; undefined: nothing better than the value. */
export function callTruth(t: Translator, call: Call): Sql | undefined {
  return throughReference(t, call) ?? NATIVE_TRUTH.get(call.fn)?.(t, call)
}

/**
 * `item.author.country == 'FR'` as `author IN (SELECT id FROM authors WHERE country = 'FR')`: an index on the
 * far field and one on the reference find the items. Holds as such a call is never true of null.
 */
function throughReference(t: Translator, call: Call): Sql | undefined {
  const path = call.args.find((arg) => arg.kind !== 'literal')
  if (path?.kind !== 'path') return undefined
  const at = path.steps.findIndex((step) => step.kind === 'follow')
  const follow = path.steps[at]
  if (follow?.kind !== 'follow') return undefined
  const isOnly = call.args.every((arg) => arg === path || arg.kind === 'literal')
  if (!isOnly || !neverTrueOfNull(call)) return undefined
  const table = t.layout.tables.get(follow.collection)
  const to = {
    ...path,
    steps: path.steps.slice(0, at),
    type: { kind: 'ref', collection: follow.collection },
  } as const
  const before = t.chain(to)
  const id = scalarPlace(before.place)
  const joined = before.place.kind === 'ref' && before.place.row !== undefined
  if (table === undefined || before.many || id === undefined || joined) return undefined
  const alias = t.alias('f')
  const name = `#${alias}`
  const inner = t.withName(name, { kind: 'row', table, alias, keys: [] })
  const rest = { ...path, root: name, steps: path.steps.slice(at + 1) }
  const body = { ...call, args: call.args.map((arg) => (arg === path ? rest : arg)) }
  return sql`${t.value(to).sql} IN (SELECT ${alias}.id FROM ${table.sql} ${alias} WHERE ${inner.truth(body)})`
}

function neverTrueOfNull({ fn, args }: Call): boolean {
  if (fn === 'eq') return args.some((arg) => arg.kind === 'literal' && arg.value !== null)
  return fn === 'exists' || functionRow(fn).strict
}
