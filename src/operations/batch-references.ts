/**
 * `$ref:<index>` in an operation of a batch: the `_id` that an earlier operation makes; `$ref:<index>[<n>]` the
 * n-th of an array. `$$ref:` stands for a text that begins with `$ref:`. What can't be is told before anything runs.
 */
import type { FieldError } from '../errors.ts'
import type { Pairs } from './context.ts'

/** The parts of an operation in which references may stand. */
export interface Referring {
  readonly kind: string
  readonly id?: string
  readonly query?: Pairs
  readonly body?: unknown
}

/** How many items an operation makes: `one` of an object, a number of an array, null where it makes none. */
export type Makes = 'one' | number | null

/** Ids made so far, by operation. */
export type MadeIds = readonly (readonly string[])[]

const REFERENCE = /^\$ref:(\d{1,6})(?:\[(\d{1,6})\])?$/

const begins = (text: string): boolean => text.startsWith('$') && /^\$+ref:/.test(text)

/** Every reference that will not do, and where it stands under `$.operations[<index>]`. */
export function referenceFaults(
  { id, query, body }: Referring,
  index: number,
  makes: readonly Makes[],
): FieldError[] {
  const faults: FieldError[] = []
  const at = `$.operations[${index}]`
  const look = (text: string, path: string): void => {
    const message = text.startsWith('$ref:') ? faultOf(text, index, makes) : null
    if (message !== null) faults.push({ path, message, value: text })
  }
  if (id !== undefined) look(id, `${at}.path`)
  for (const [, value] of query ?? []) look(value, `${at}.path`)
  eachText(body, `${at}.body`, look)
  return faults
}

function faultOf(text: string, index: number, makes: readonly Makes[]): string | null {
  const [, operation, element] = REFERENCE.exec(text) ?? []
  if (operation === undefined)
    return 'Must be $ref:<operation> or $ref:<operation>[<n>]; write $$ref: for a text that begins so'
  const of = Number(operation)
  if (of >= index) return 'Must refer to an earlier operation'
  const made = makes[of] ?? null
  if (made === null) return `Operation ${of} makes no item`
  if (made === 'one')
    return element === undefined ? null : `Operation ${of} makes one item: $ref:${of}`
  if (element === undefined) return `Operation ${of} makes a list of items: $ref:${of}[0]`
  return Number(element) < made ? null : `Operation ${of} makes ${made} items`
}

function eachText(value: unknown, path: string, look: (text: string, path: string) => void): void {
  if (typeof value === 'string') {
    if (value.startsWith('$')) look(value, path)
  } else if (Array.isArray(value)) value.forEach((each, i) => eachText(each, `${path}[${i}]`, look))
  else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) eachText(each, `${path}.${key}`, look)
  }
}

/** The operation with the ids in place. What has no reference is handed on as it is. */
export function resolved<T extends Referring>(operation: T, made: MadeIds): T {
  const { id, query, body } = operation
  return {
    ...operation,
    ...(id === undefined ? {} : { id: textOf(id, made) }),
    ...(query?.some(([, value]) => begins(value))
      ? { query: query.map(([key, value]) => [key, textOf(value, made)] as const) }
      : {}),
    ...(refers(body) ? { body: valueOf(body, made) } : {}),
  }
}

function textOf(text: string, made: MadeIds): string {
  if (!begins(text)) return text
  const [, operation, element = '0'] = REFERENCE.exec(text) ?? []
  if (operation === undefined) return text.slice(1)
  const id = made[Number(operation)]?.[Number(element)]
  if (id === undefined) throw new Error(`${text} was not looked at`)
  return id
}

function valueOf(value: unknown, made: MadeIds): unknown {
  if (typeof value === 'string') return textOf(value, made)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((each) => valueOf(each, made))
  // defined, not assigned: `__proto__` stays a key like any other
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, valueOf(each, made)]))
}

const refers = (value: unknown): boolean =>
  typeof value === 'string'
    ? begins(value)
    : typeof value === 'object' && value !== null && Object.values(value).some(refers)
