/**
 * What a row of the table of functions is, and the makers of rows: they put the guards around a plain
 * JavaScript function, so that null and values of the wrong kind (dyn) give null.
 */
import type { DictValue, Type, Value } from '../expr.ts'

export type Evaluation = (...args: Value[]) => Value

export interface FunctionRow {
  readonly name: string
  /** null in, null out. The others look at null themselves. */
  readonly strict: boolean
  /** another answer at every call: never folded, never sent to a store */
  readonly volatile: boolean
  readonly result: (args: readonly Type[]) => Type
  /** pure; never throws; null where there is no answer */
  readonly evaluate: Evaluation
}

/** What a parameter takes: `n` number, `s` string, `b` bool, `l` list, `m` dict or map, `v` anything but null. */
type Kind = 'n' | 's' | 'b' | 'l' | 'm' | 'v'
interface KindValue {
  n: number
  s: string
  b: boolean
  l: readonly Value[]
  m: DictValue
  v: Exclude<Value, null>
}

export function isKind(value: Value | undefined, kind: Kind): boolean {
  if (value === null || value === undefined) return false
  switch (kind) {
    case 'n':
      return typeof value === 'number'
    case 's':
      return typeof value === 'string'
    case 'b':
      return typeof value === 'boolean'
    case 'l':
      return Array.isArray(value)
    case 'm':
      return typeof value === 'object' && !Array.isArray(value)
    case 'v':
      return true
  }
}

const fixed = (type: Type | FunctionRow['result']): FunctionRow['result'] =>
  typeof type === 'function' ? type : () => type

function row(name: string, type: Type | FunctionRow['result'], evaluate: Evaluation): FunctionRow {
  return Object.freeze({ name, strict: true, volatile: false, result: fixed(type), evaluate })
}

/** A strict function of one parameter. */
export function unary<A extends Kind>(
  name: string,
  kind: A,
  type: Type | FunctionRow['result'],
  run: (a: KindValue[A]) => Value,
): FunctionRow {
  return row(name, type, (a) => (isKind(a, kind) ? run(a as KindValue[A]) : null))
}

/** A strict function of two parameters; `kinds` such as `'ss'`. */
export function binary<A extends Kind, B extends Kind>(
  name: string,
  kinds: `${A}${B}`,
  type: Type | FunctionRow['result'],
  run: (a: KindValue[A], b: KindValue[B]) => Value,
): FunctionRow {
  const [first, second] = Array.from(kinds) as [A, B]
  // two texts are most of what rules compare: their check is not left to `isKind`
  if (first === 's' && second === 's') {
    return row(name, type, (a, b) =>
      typeof a === 'string' && typeof b === 'string'
        ? run(a as KindValue[A], b as KindValue[B])
        : null,
    )
  }
  return row(name, type, (a, b) =>
    isKind(a, first) && isKind(b, second) ? run(a as KindValue[A], b as KindValue[B]) : null,
  )
}

/** A strict function of any number of parameters, whose kinds `run` looks at itself. */
export function variadic(
  name: string,
  type: Type | FunctionRow['result'],
  run: (args: readonly Exclude<Value, null>[]) => Value,
): FunctionRow {
  return row(name, type, (...args) =>
    args.some((arg) => arg === null || arg === undefined)
      ? null
      : run(args as Exclude<Value, null>[]),
  )
}

/** A function that looks at null itself. */
export function lenient(name: string, type: Type, evaluate: Evaluation): FunctionRow {
  return Object.freeze({ name, strict: false, volatile: false, result: () => type, evaluate })
}
