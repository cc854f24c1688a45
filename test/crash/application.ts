/**
 * The application that is crashed: a relation of every kind, written from both sides, a unique field, and an
 * action that moves an amount between items of two collections.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const YAML = `
backo: 1
name: crash
hooks: ./hooks.mjs
default_rights: true
collections:
  books:
    max_page: 1000
    fields:
      name: { type: String, required: true }
      isbn: { type: String, unique: true }
      n: { type: Int, default: 0 }
      author: { type: Ref, coll: authors, field: $.books }
      tags: { type: RefsList, coll: tags, field: $.books, ods: UNLINK_REFERENCED_ITEMS }
      cover: { type: Ref, coll: covers, field: $.book }
  authors:
    max_page: 1000
    fields:
      name: { type: String, required: true }
      books: { type: RefsList, coll: books, field: $.author, ods: UNLINK_REFERENCED_ITEMS }
  tags:
    max_page: 1000
    fields:
      name: { type: String, required: true }
      n: { type: Int, default: 0 }
      books: { type: RefsList, coll: books, field: $.tags, ods: UNLINK_REFERENCED_ITEMS }
  covers:
    max_page: 1000
    fields:
      name: { type: String, required: true }
      book: { type: Ref, coll: books, field: $.cover }
  wallets:
    max_page: 1000
    fields: &purse
      name: { type: String, required: true }
      balance: { type: Int, required: true }
      moves: { type: Int, default: 0 }
    actions:
      move:
        schema: { to: { type: String, required: true }, amount: { type: Int, required: true } }
        hook: move
  vaults:
    max_page: 1000
    fields: *purse
  pings:
    fields: { name: { type: String, required: true }, n: Int }
`

const HOOKS = `
export const move = async ({ item, action, backoffice }) => {
  const to = await backoffice.vaults.load(action.to)
  item.balance -= action.amount
  item.moves += 1
  to.balance += action.amount
  to.moves += 1
  await item.save()
  await to.save()
}
`

/** Writes it into a folder; gives its configuration's file. */
export function writeApplication(folder: string, storage: object): string {
  const file = join(folder, 'backo.yaml')
  writeFileSync(file, `${YAML}storage: { default: ${JSON.stringify(storage)} }\n`)
  writeFileSync(join(folder, 'hooks.mjs'), HOOKS)
  return file
}

/** What is read and compared of each collection; references are told by the names of what they refer to. */
export const FIELDS: Readonly<Record<string, readonly string[]>> = {
  books: ['isbn', 'n', 'author', 'tags', 'cover'],
  authors: [],
  tags: ['n'],
  covers: [],
  wallets: ['balance', 'moves'],
  vaults: ['balance', 'moves'],
}

/** One side, and the other. */
export const RELATIONS = [
  { collection: 'books', field: 'author', target: 'authors', reverse: 'books' },
  { collection: 'books', field: 'tags', target: 'tags', reverse: 'books' },
  { collection: 'books', field: 'cover', target: 'covers', reverse: 'book' },
] as const
