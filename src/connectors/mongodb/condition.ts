/**
 * Filters of MongoDB that say how sure they are: exactly the items for which a condition is true, or those and
 * more (then the rest is asked of the closure). Knows no expression.
 */
import type { Document } from 'mongodb'

export interface Condition {
  readonly filter: Document
  /** false: it may let items through that do not meet the condition; never the other way round */
  readonly exact: boolean
  /** it reads what a `$lookup` stage has brought, and stands after it */
  readonly joined?: boolean
}

export const ALWAYS: Condition = Object.freeze({ filter: Object.freeze({}), exact: true })
export const NEVER: Condition = Object.freeze({
  filter: Object.freeze({ _id: Object.freeze({ $in: Object.freeze([]) }) }),
  exact: true,
})
/** Nothing can be said here: every item must be asked. */
export const UNSURE: Condition = Object.freeze({ filter: Object.freeze({}), exact: false })

export const exactly = (filter: Document): Condition => ({ filter, exact: true })
/** Holds at least where the condition does. */
export const atLeast = (filter: Document): Condition => ({ filter, exact: false })

const isEmpty = ({ filter }: Condition): boolean => Object.keys(filter).length === 0

const marks = (all: readonly Condition[]): Omit<Condition, 'filter'> => ({
  exact: all.every(({ exact }) => exact),
  ...(all.some(({ joined }) => joined === true) && { joined: true }),
})

export function allOf(all: readonly Condition[]): Condition {
  if (all.includes(NEVER)) return NEVER
  const said = all.filter((one) => !isEmpty(one))
  const [first] = said
  if (first === undefined) return { filter: {}, ...marks(all) }
  if (said.length === 1) return { filter: first.filter, ...marks(all) }
  return { filter: { $and: said.map(({ filter }) => filter) }, ...marks(all) }
}

export function oneOf(all: readonly Condition[]): Condition {
  const open = all.filter(isEmpty)
  if (open.length > 0) return open.some(({ exact }) => exact) ? ALWAYS : UNSURE
  const said = all.filter((one) => one !== NEVER)
  const [first] = said
  if (first === undefined) return NEVER
  if (said.length === 1) return first
  return { filter: { $or: said.map(({ filter }) => filter) }, ...marks(said) }
}

/** Where it is not so; only of what is exact. */
export function noneOf(one: Condition): Condition {
  if (!one.exact) return UNSURE
  if (one === NEVER) return ALWAYS
  return isEmpty(one) ? NEVER : { ...one, filter: { $nor: [one.filter] } }
}
