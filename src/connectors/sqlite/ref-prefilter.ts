/**
 * A filter on a Ref inside a List of Dicts reads every item's JSON; the table that repeats those Refs
 * (RefList) says at once which items can match. Adds that, where a condition asks for given targets.
 */
import type { Expr, Value } from '../../expression/expr.ts'
import type { RefList } from './layout.ts'
import { param, sql } from './sql.ts'
import type { Sql } from './sql.ts'
import type { Translator } from './translator.ts'

type Quantifier = Extract<Expr, { kind: 'any' | 'all' | 'one' }>
type Path = Extract<Expr, { kind: 'path' }>

/** `item.id IN (...)` for `any(item.lines, e, e.product == x && ...)`, or undefined. */
export function refsPrefilter(t: Translator, { list, name, body }: Quantifier): Sql | undefined {
  if (list.kind !== 'path') return undefined
  const start = keysOf(list)
  if (start === undefined) return undefined
  for (const part of body.kind === 'and' ? body.args : [body]) {
    const asked = targetsOf(part, name)
    const found = asked && prefilterAt(t, list.root, [...start, ...asked.keys], asked.targets)
    if (found !== undefined) return found
  }
  return undefined
}

/** `item.id IN (...)` for `x in item.lines.product`, or undefined. */
export function prefilterIn(t: Translator, list: Expr, target: Value): Sql | undefined {
  const keys = list.kind === 'path' ? keysOf(list) : undefined
  if (list.kind !== 'path' || keys === undefined || typeof target !== 'string') return undefined
  return prefilterAt(t, list.root, keys, [target])
}

function prefilterAt(
  t: Translator,
  root: string,
  keys: readonly string[],
  targets: readonly string[],
): Sql | undefined {
  const place = t.names.get(root)
  if (place?.kind !== 'row') return undefined
  const path = [...place.keys, ...keys].join('.')
  const refs = place.table.refLists.find((one: RefList) => one.keys.join('.') === path)
  if (refs === undefined) return undefined
  return sql`${place.alias}.id IN (SELECT item_id FROM ${refs.sql}
    WHERE target_id IN (SELECT value FROM json_each(${param(JSON.stringify(targets))})))`
}

function keysOf(path: Path): string[] | undefined {
  const keys = path.steps.flatMap((step) => (step.kind === 'key' ? [step.name] : []))
  return keys.length === path.steps.length ? keys : undefined
}

/** The path and the ids of `e.product == 'x'` and `e.product in ['x', 'y']`. */
function targetsOf(
  part: Expr,
  name: string,
): { readonly keys: readonly string[]; readonly targets: readonly string[] } | undefined {
  if (part.kind !== 'call' || (part.fn !== 'eq' && part.fn !== 'in')) return undefined
  const path = part.args.find((arg) => arg.kind === 'path')
  const literal = part.args.find((arg) => arg.kind === 'literal')
  if (path?.kind !== 'path' || path.root !== name || literal?.kind !== 'literal') return undefined
  const keys = keysOf(path)
  const given = Array.isArray(literal.value) ? (literal.value as readonly Value[]) : [literal.value]
  const targets = given.filter((one) => typeof one === 'string')
  if (keys === undefined || (part.fn === 'eq' && targets.length === 0)) return undefined
  return { keys, targets }
}
