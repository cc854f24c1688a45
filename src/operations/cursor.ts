/**
 * The text of `_next` and `_after`: the sort values and the `_id` of the last item of a page, with a
 * mark of the sort they belong to. It grants nothing: filters and rights are asked anew at each page.
 */
import { createHash } from 'node:crypto'
import { badQuery } from './query-options.ts'
import { createRecentMap } from '../recent-map.ts'

export type CursorValues = readonly (string | number | boolean | null)[]

const marks = createRecentMap<string>(200)

function mark(sort: readonly string[]): string {
  const text = sort.length === 0 ? '[]' : JSON.stringify(sort)
  const known = marks.get(text)
  if (known !== undefined) return known
  const made = createHash('sha256').update(text).digest('base64url').slice(0, 6)
  marks.set(text, made)
  return made
}

export const writeCursor = (sort: readonly string[], values: CursorValues): string =>
  Buffer.from(JSON.stringify([mark(sort), ...values])).toString('base64url')

/** Throws 400 for a text that was not given for this sort. */
export function readCursor(sort: readonly string[], text: string): CursorValues {
  const [given, ...values] = parse(text)
  const scalars = values.filter(isScalar)
  const id = scalars.at(-1)
  if (
    scalars.length !== values.length ||
    scalars.length !== sort.length + 1 ||
    typeof id !== 'string'
  ) {
    throw badQuery('_after', 'Not a cursor')
  }
  if (given !== mark(sort)) throw badQuery('_after', 'The cursor was given for another _sort')
  return scalars
}

function parse(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}

const isScalar = (value: unknown): value is string | number | boolean | null =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value)
