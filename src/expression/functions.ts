/**
 * The table of functions that `call` nodes name: what each gives and how it is worked out in memory.
 * The translations of connectors read the same names. Knows nothing of CEL (see cel-functions.ts).
 */
import { randomUUID } from 'node:crypto'
import { STRING, TIMESTAMP } from './expr.ts'
import { COMPARE_ROWS } from './functions/compare.ts'
import { CONVERSION_ROWS } from './functions/conversions.ts'
import { LIST_ROWS } from './functions/lists.ts'
import { NUMBER_ROWS } from './functions/numbers.ts'
import type { FunctionRow } from './functions/row.ts'
import { STRING_ROWS } from './functions/strings.ts'
import { TIME_ROWS } from './functions/times.ts'

export type { FunctionRow } from './functions/row.ts'

/** `now` is put in by `bind` or read from the environment; `uuid` is new at every call. */
const VOLATILE_ROWS: readonly FunctionRow[] = [
  { name: 'now', strict: true, volatile: true, result: () => TIMESTAMP, evaluate: () => null },
  {
    name: 'uuid',
    strict: true,
    volatile: true,
    result: () => STRING,
    evaluate: () => randomUUID(),
  },
]

export const FUNCTIONS: ReadonlyMap<string, FunctionRow> = new Map(
  [
    ...COMPARE_ROWS,
    ...NUMBER_ROWS,
    ...STRING_ROWS,
    ...LIST_ROWS,
    ...TIME_ROWS,
    ...CONVERSION_ROWS,
    ...VOLATILE_ROWS,
  ].map((row) => [row.name, Object.freeze(row)]),
)

/** The row of that name; a `call` node never names another. */
export function functionRow(name: string): FunctionRow {
  const row = FUNCTIONS.get(name)
  if (row === undefined) throw new TypeError(`no such function: ${name}`)
  return row
}
