/** Rows of scenarios that send a batch, and the application that they send it to. */
import type { Row } from './scenario.ts'

export const BATCH_APP = `
backo: 1
name: app
collections:
  users:
    fields:
      name: { type: String, required: true }
      code: { type: String, unique: true }
      age: { type: Int, min: 0 }
      tags: { type: List, items: String }
      notes: FreeDict
      addr: { type: Ref, coll: addrs, field: $.users }
    actions:
      birthday: { exists: item.age != null, set: { $.age: item.age + 1 } }
    selections:
      homes: { selectors: [$.name, $.addr.name] }
  addrs:
    fields:
      name: String
      users: { type: RefsList, coll: users, field: $.addr, ods: MUST_BE_EMPTY }
  desks:
    fields:
      name: String
      owner: { type: Ref, coll: people, field: $.desk }
  people:
    fields:
      name: String
      desk: { type: Ref, coll: desks, field: $.owner }
  flats:
    fields:
      name: String
      guests: { type: RefsList, coll: guests, field: $.flat, ods: UNLINK_REFERENCED_ITEMS, min: 1, max: 2 }
  guests:
    fields:
      name: String
      flat: { type: Ref, coll: flats, field: $.guests }
  parts:
    id: { expr: item.code }
    fields:
      code: { type: String, required: true }
      name: String
      of: { type: Ref, coll: parts, field: $.parts }
      parts: { type: RefsList, coll: parts, field: $.of, ods: UNLINK_REFERENCED_ITEMS }
`

/** An operation: `PUT /app/users/1`, its body, and what else it says. */
export const op = (send: string, body?: unknown, more: object = {}): object => {
  const [method = '', ...path] = send.split(' ')
  return { method, path: path.join(' '), ...(body === undefined ? {} : { body }), ...more }
}

/** All is well: what each operation gave. */
export const batch = (
  operations: readonly object[],
  results: readonly unknown[],
  more: Partial<Row> = {},
): Row => ({
  send: 'POST /app/_batch',
  body: { operations },
  status: 200,
  expect: { results },
  ...more,
})

/** Refused, as the operation of that index is. */
export const refused = (
  status: number,
  operation: number,
  operations: readonly object[],
  more: Partial<Row> = {},
): Row => ({
  send: 'POST /app/_batch',
  body: { operations },
  status,
  sent: { 'content-type': 'application/problem+json' },
  ...more,
  expect: { status, operation, ...(more.expect as object | undefined) },
})

export const made = (body: object = {}): object => ({ status: 201, body: { _id: String, ...body } })
export const shown = (body: object = {}): object => ({ status: 200, body })
export const gone = { status: 204, body: null, etag: undefined }
