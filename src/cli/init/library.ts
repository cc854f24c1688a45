/** The template `library`: users who log in, roles, books that are lent by actions. As examples/media_library. */

export const LIBRARY = `backo: 1
name: <name>
description: A small library and the people who borrow its books

server: { host: 127.0.0.1, port: 8080 }

storage:
  default: <storage>

hooks: ./hooks.ts

auth:
  secret: \${JWT_SECRET} # in .env
  expires: 1h
  login: { collection: users, login: $.login, password: $.password, roles: $.roles }

types:
  Role: { type: String, enum: [ADMIN, EMPLOYEE, USER] }

collections:
  books:
    description: The books one can borrow
    can_read: true
    can_create: current_user.has_role(["ADMIN", "EMPLOYEE"])
    can_modify: current_user.has_role(["ADMIN", "EMPLOYEE"])
    can_delete: current_user.has_role("ADMIN")
    fields:
      title: { type: String, required: true, views: [short] }
      author: { type: String, views: [short] }
      pages: { type: Int, min: 1 }
      borrow:
        description: Who has it; written by the actions alone
        type: Dict
        can_modify: false
        fields:
          user: { type: Ref, coll: users, field: $.books }
          date: Datetime
          return_date: Datetime
      borrowed: { type: Bool, set: item.borrow.user != null }
      late: { type: Bool, set: item.borrow.user != null && item.borrow.return_date < now() }
    indexes: [{ fields: [author, title] }, { fields: [borrowed, borrow.return_date] }]
    on: { before_delete: keepWhatIsOut }
    actions:
      borrow:
        description: Lend the book to a user
        schema:
          user_id: { type: String, required: true }
          return_date:
            type: Datetime
            required: true
            constraint: { expr: value > now(), message: Must be in the future }
        exists: '!item.borrowed'
        can_execute: current_user.has_role(["ADMIN", "EMPLOYEE"])
        set:
          $.borrow.user: action.user_id
          $.borrow.date: now()
          $.borrow.return_date: action.return_date
      return:
        description: Take the book back
        exists: item.borrowed
        can_execute: current_user.has_role(["ADMIN", "EMPLOYEE"])
        set: { $.borrow: 'null' }
    selections:
      borrowed:
        description: What is out, and with whom
        selectors: [$.title, $.borrow.user.login]
        filter: { borrowed: true }
        sort: [borrow.return_date]
        can_read: current_user.has_role(["ADMIN", "EMPLOYEE"])

  users:
    description: Who may log in; the first one is the admin
    can_read: current_user.has_role(["ADMIN", "EMPLOYEE"]) || item._id == current_user._id
    can_create: { hook: mayJoin }
    can_modify: current_user.has_role("ADMIN") || item._id == current_user._id
    can_delete: current_user.has_role("ADMIN")
    fields:
      login: { type: String, required: true, unique: true, pattern: '[a-z]+$' }
      password: { type: Password, required: true, min_length: 8 }
      email: Email
      roles:
        type: List
        items: Role
        default: { hook: firstRoles }
        can_modify: current_user.has_role("ADMIN")
      books: { type: RefsList, coll: books, field: $.borrow.user, ods: MUST_BE_EMPTY }

x-library: &library
  users: [{ _id: uma, login: uma, password: long enough }]
  books: [{ _id: dune, title: Dune }]

# who may do what, as examples: \`backo test\` runs them
tests:
  - name: anyone looks, nobody in particular writes
    given: *library
    on: books/dune
    can: read
    cannot: [modify, delete, borrow]
  - name: an employee lends what is there
    as: { _id: eve, roles: [EMPLOYEE] }
    given: *library
    on: books/dune
    can: [borrow: { user_id: uma, return_date: 2999-01-01 }]
    cannot: [delete, { borrow: { user_id: uma, return_date: 2001-01-01 }, because: Must be in the future }]
`

export const LIBRARY_HOOKS = `/** What expressions can't say. No build step: \`backo serve\` loads this file as it is. */
import { BackoError } from 'backo'
import type { DefaultHook, EventHook, RightHook } from 'backo'

/** An admin lets people in; while there is nobody, the first one lets himself in. */
export const mayJoin: RightHook = async ({ backoffice, currentUser }) =>
  currentUser.has_role('ADMIN') || (await backoffice.users.select({}, { limit: 1 })).total === 0

/** The first one runs the library. */
export const firstRoles: DefaultHook = async ({ backoffice }) => {
  const { total } = await backoffice.users.select({}, { limit: 1 })
  return total === 0 ? ['ADMIN'] : ['USER']
}

/** A book that is out is not deleted. */
export const keepWhatIsOut: EventHook = ({ item, log }) => {
  if (!item.borrowed) return
  log.info({ book: item._id }, 'a book that is out was to be deleted')
  throw new BackoError(409, \`\${item.title} is out\`)
}
`
