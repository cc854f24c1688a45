/** The template `quickstart`: people living at addresses, readable by all, written with a token. */

export const QUICKSTART = `backo: 1
name: <name>
description: People and their addresses

server: { host: 127.0.0.1, port: 8080 }

storage:
  default: <storage>

hooks: ./hooks.ts

auth:
  secret: \${JWT_SECRET} # in .env; \`backo token --user me --role ADMIN\` makes a token to try things out

# who may read, create, modify and delete where a collection does not say it
default_rights: current_user.has_role("ADMIN")

collections:
  users:
    description: Who lives here
    can_read: true
    fields:
      name: { type: String, required: true }
      surname: { type: String, required: true, index: true }
      email: { type: Email, can_read: 'current_user.has_role("ADMIN")' }
      male: { type: Bool, default: true }
      full_name: { type: String, set: item.name + " " + item.surname }
      addr: { type: Ref, coll: addrs, field: $.users, required: true }
    on: { before_save: tidy }

  addrs:
    description: Where one lives
    can_read: true
    fields:
      name: { type: String, required: true, unique: true }
      address: String
      users: { type: RefsList, coll: users, field: $.addr, ods: MUST_BE_EMPTY }

x-people: &people
  addrs: [{ _id: moon, name: moon }]
  users: [{ _id: neil, name: Neil, surname: Armstrong, email: neil@example.org, addr: moon }]

# who may do what, as examples: \`backo test\` runs them
tests:
  - name: anyone looks, and sees no mail
    given: *people
    on: users/neil
    can: read
    cannot: [modify, delete]
    hides: email
  - name: an admin writes
    as: { _id: ada, roles: [ADMIN] }
    given: *people
    on: users/neil
    can: [modify: { name: Buzz }, delete]
    sees: email
`

export const QUICKSTART_HOOKS = `/** What expressions can't say. No build step: \`backo serve\` loads this file as it is. */
import { BackoError } from 'backo'
import type { EventHook } from 'backo'

/** Named under \`on\` of users: runs before one is checked and written. */
export const tidy: EventHook = ({ item, log }) => {
  if (item.name === 'root') throw new BackoError(400, 'nobody is called root')
  if (item.surname) item.surname = item.surname.trim()
  log.debug({ user: item._id }, 'tidied')
}
`
