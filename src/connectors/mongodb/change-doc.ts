/** One change as the database keeps it, and as a change stream gives it back. */
import { randomBytes } from 'node:crypto'
import type { ChangeStreamInsertDocument } from 'mongodb'
import type { ItemChange, LoggedChange } from '../changes.ts'

/** Of one change. */
export interface ChangeDoc {
  readonly _id: string
  readonly at: Date
  /** JSON of an ItemChange */
  readonly change: string
}

export type Inserted = ChangeStreamInsertDocument<ChangeDoc>

export const tokenOf = (token: unknown): string =>
  typeof token === 'object' && token !== null && '_data' in token ? String(token._data) : ''

export const loggedOf = ({ _id, fullDocument }: Inserted): LoggedChange => ({
  cursor: tokenOf(_id),
  change: JSON.parse(fullDocument.change) as ItemChange,
})

let counter = 0
const prefix = randomBytes(9).toString('base64url')

export const changeDoc = (change: ItemChange): ChangeDoc => ({
  _id: `${prefix}${(counter += 1).toString(36)}`,
  at: new Date(),
  change: JSON.stringify(change),
})
