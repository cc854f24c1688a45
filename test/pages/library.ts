/** An application with something of everything, served on a free port, in memory. */
import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { createApp, type App } from '../../src/app.ts'

const STAFF = 'current_user.has_role(["ADMIN", "EMPLOYEE"])'

const MODEL = {
  backo: 1,
  name: 'library',
  description: 'Books, and the people who borrow them',
  storage: { default: { type: 'memory' } },
  auth: {
    secret: 'a secret of at least thirty-two bytes',
    login: { collection: 'users', login: '$.login', password: '$.password', roles: '$.roles' },
  },
  default_rights: STAFF,
  collections: {
    books: {
      description: 'The books one can borrow',
      can_read: true,
      can_delete: 'current_user.has_role("ADMIN")',
      history: true,
      fields: {
        title: { type: 'String', required: true, description: 'As it stands on the cover' },
        author: { type: 'Ref', coll: 'authors', field: '$.books' },
        pages: { type: 'Int', min: 1 },
        genre: { type: 'String', enum: ['novel', 'poetry', 'science'] },
        published: 'Datetime',
        available: { type: 'Bool', default: true },
        why_not: { type: 'String', exists: 'item.available == false' },
        tags: { type: 'List', items: 'String' },
        // a file that lets in what no page should follow
        site: { type: 'Url', schemes: ['https', 'javascript'] },
        shelf: { type: 'Dict', fields: { room: 'String', number: { type: 'Int', max: 99 } } },
        rating: { type: 'Float', can_modify: 'current_user.has_role("ADMIN")' },
        cover: { type: 'File', max_size: '20KiB', content_types: ['text/plain', 'image/*'] },
        notes: 'FreeDict',
        borrower: { type: 'Ref', coll: 'users' },
        due: 'Datetime',
      },
      actions: {
        lend: {
          description: 'Lend the book to somebody',
          schema: {
            borrower: { type: 'Ref', coll: 'users', required: true },
            due: { type: 'Datetime', required: true },
          },
          exists: 'item.borrower == null',
          set: { '$.borrower': 'action.borrower', '$.due': 'action.due' },
        },
        take_back: {
          description: 'Take the book back',
          exists: 'item.borrower != null',
          set: { '$.borrower': 'null', '$.due': 'null' },
        },
      },
      selections: {
        lent: {
          description: 'What is out, and with whom',
          selectors: ['$.title', '$.borrower.login', '$.due'],
          filter: { 'borrower.$exists': true },
        },
      },
    },
    authors: {
      description: 'Those who wrote them',
      can_read: true,
      fields: {
        name: { type: 'String', required: true, unique: true },
        born: 'Datetime',
        books: { type: 'RefsList', coll: 'books', field: '$.author', ods: 'MUST_BE_EMPTY' },
      },
    },
    notices: {
      soft_delete: true,
      fields: {
        text: 'String',
        lines: {
          type: 'List',
          items: { type: 'Dict', fields: { what: 'String', price: { type: 'Float', min: 0 } } },
        },
      },
    },
    users: {
      description: 'Who may log in',
      can_create: 'current_user.has_role("ADMIN")',
      fields: {
        login: { type: 'String', required: true, unique: true },
        password: { type: 'Password', required: true, min_length: 8 },
        roles: { type: 'List', items: { type: 'String', enum: ['ADMIN', 'EMPLOYEE'] } },
        email: 'Email',
      },
    },
    secrets: { can_read: 'current_user.has_role("NOBODY")', fields: { text: 'String' } },
  },
}

export const PASSWORD = 'correct horse'

export interface Library {
  readonly app: App
  /** of the page */
  readonly url: string
  /** ids by title, name, login */
  readonly ids: Readonly<Record<string, string>>
}

const BOOKS: readonly (readonly [string, string, number, string])[] = [
  ['Dune', 'Frank Herbert', 612, 'novel'],
  ['Emma', 'Jane Austen', 474, 'novel'],
  ['Persuasion', 'Jane Austen', 249, 'novel'],
  ['Leaves of Grass', 'Walt Whitman', 145, 'poetry'],
  ['On the Origin of Species', 'Charles Darwin', 502, 'science'],
  ['Ubik', 'Philip K. Dick', 202, 'novel'],
]

/** @param more changes to the model */
export async function library(t: Test, more: object = {}): Promise<Library> {
  const app = await createApp(
    { directory: '/nowhere', text: JSON.parse(JSON.stringify({ ...MODEL, ...more })) as object },
    { logStream: { write: () => undefined } },
  )
  t.teardown(() => app.close())
  const { users, authors, books } = app.backoffice
  if (!users || !authors || !books) throw new Error('the model has lost a collection')
  const ids: Record<string, string> = {}
  for (const [login, role] of [
    ['anna', 'ADMIN'],
    ['ed', 'EMPLOYEE'],
  ] as const) {
    const made = await users.create({
      login,
      password: PASSWORD,
      roles: [role],
      email: `${login}@example.org`,
    })
    ids[login] = made._id
  }
  for (const name of new Set(BOOKS.map(([, author]) => author))) {
    ids[name] = (await authors.create({ name }))._id
  }
  for (const [title, author, pages, genre] of BOOKS) {
    const made = await books.create({
      title,
      author: ids[author],
      pages,
      genre,
      published: '1965-08-01T10:30:00Z',
    })
    ids[title] = made._id
  }
  const at = await app.listen({ port: 0, host: '127.0.0.1' })
  return { app, url: `${at}/library/_admin`, ids }
}

export async function logIn(page: Page, login = 'anna'): Promise<void> {
  await page.getByLabel('Login').fill(login)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('button', { name: 'Log out' }).waitFor()
}
