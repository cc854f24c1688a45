/**
 * What the original's tests of users hold (tests/test_current_user.py; examples/media_library/tests.py): login,
 * logout, roles, a field of our own in current_user, and the library itself, on every store.
 */
import t from 'tap'
import type { App } from '../../src/app.ts'
import { createApp } from '../../src/app.ts'
import type { Row } from '../http/scenario.ts'

const yaml = (storage: string): string => `
backo: 1
name: media_library
storage: { default: ${storage} }
auth:
  secret: a-secret-of-at-least-thirty-two-bytes
  login: { collection: users, login: $.login, password: $.password, roles: $.roles }
current_user: { fields: { email: String } }
collections:
  users:
    fields:
      login: { type: String, required: true, unique: true }
      email: Email
      password: { type: Password, can_modify: current_user.has_role("ADMIN") }
      roles: { type: List, items: String, default: [], can_modify: current_user.has_role("ADMIN") }
      rent: { type: Dict, fields: { books: { type: RefsList, coll: books, field: $.borrow.user } } }
    can_create: current_user.has_role("ADMIN")
    can_modify: current_user.has_role("ADMIN")
    can_delete: current_user.has_role("ADMIN")
  books:
    fields:
      title: { type: String, required: true }
      pages: Int
      borrowed: { type: Bool, set: item.borrow.return_date != null && item.borrow.return_date > now() }
      borrow:
        type: Dict
        can_modify: current_user.has_role(["ADMIN", "EMPLOYEE"]) || !item.borrowed
        fields:
          user:
            type: Ref
            coll: users
            field: $.rent.books
            can_read: current_user.has_role(["ADMIN", "EMPLOYEE"]) || item.borrow.user == current_user._id
          date: Datetime
          return_date: Datetime
    can_create: current_user.has_role(["ADMIN", "EMPLOYEE"])
    can_modify: current_user.has_role(["ADMIN", "EMPLOYEE"])
    can_delete: current_user.has_role(["ADMIN", "EMPLOYEE"])
    actions:
      borrow:
        schema: { user_id: { type: String, required: true }, return_date: { type: Datetime, required: true } }
        can_see: "!item.borrowed"
        can_execute: current_user.has_role("EMPLOYEE")
        set:
          $.borrow.user: action.user_id
          $.borrow.date: now()
          $.borrow.return_date: action.return_date
    selections:
      borrowed: { selectors: [ $.title, $.borrow.user.login ], filter: { borrowed: true } }
`

const STORES = {
  memory: () => '{ type: memory }',
  sqlite: (directory: string) => JSON.stringify({ type: 'sqlite', path: `${directory}/t.db` }),
  yaml: (directory: string) => JSON.stringify({ type: 'yaml', path: `${directory}/items` }),
} as const

type Json = Readonly<Record<string, unknown>>
interface Reply {
  readonly status: number
  readonly body: Json
  readonly cookie: string
}

async function call(
  app: App,
  line: string,
  { body, cookie = '' }: { readonly body?: Row['body']; readonly cookie?: string } = {},
): Promise<Reply> {
  const [method, url] = line.split(' ')
  const answer = await app.inject({
    method: method as 'GET',
    url: url ?? '',
    headers: cookie === '' ? {} : { cookie },
    ...(body === undefined ? {} : { payload: body as object }),
  })
  const set = answer.headers['set-cookie']
  const first = String(Array.isArray(set) ? set[0] : (set ?? ''))
  return {
    status: answer.statusCode,
    body: answer.body === '' ? {} : answer.json<Json>(),
    cookie: first.split(';')[0] ?? '',
  }
}

for (const [store, storage] of Object.entries(STORES)) {
  void t.test(`the library on ${store}`, async (t) => {
    const directory = t.testdir({})
    const app = await createApp(
      { text: yaml(storage(directory)), directory },
      { logStream: { write: () => undefined } },
    )
    t.teardown(() => app.close())
    await app.transaction(async ({ backoffice }) => {
      for (const [login, roles] of Object.entries({
        admin: ['ADMIN'],
        emp1: ['EMPLOYEE'],
        client1: [],
      })) {
        await backoffice['users']?.create({
          login,
          roles,
          password: `${login} and more`,
          email: `${login}@toto.com`,
        })
      }
    })
    const logIn = async (login: string): Promise<string> => {
      const reply = await call(app, 'POST /login', {
        body: { login, password: `${login} and more` },
      })
      t.match(reply, { status: 200, body: { login: 'ok' }, cookie: /^jwt_token=.+/ })
      return reply.cookie
    }
    const me = (cookie: string): Promise<Reply> => call(app, 'GET /media_library/_me', { cookie })

    t.test('login and logout', async (t) => {
      for (const body of [
        { login: 'testfake', password: '1234' },
        { login: 'admin', password: 'fakepassword' },
      ])
        t.match(await call(app, 'POST /login', { body }), { status: 401, cookie: '' })
      t.match(await me(''), { status: 200, body: { _id: '000', login: 'ANONYMOUS', roles: [] } })
      t.match(await me(await logIn('admin')), {
        status: 200,
        body: { login: 'admin', roles: ['ADMIN'], email: 'admin@toto.com' },
      })
      const out = await call(app, 'POST /logout', { cookie: await logIn('admin') })
      t.match(out, { status: 200, body: { logout: true }, cookie: 'jwt_token=' })
      t.match(await me(out.cookie), { body: { login: 'ANONYMOUS' } })
      t.match(await me('jwt_token=abc'), { status: 401 })
    })

    t.test('who may create users', async (t) => {
      const body = { login: 'toto1' }
      t.match(await call(app, 'POST /media_library/users', { body }), { status: 401 })
      const employee = await logIn('emp1')
      t.match(await call(app, 'POST /media_library/users', { body, cookie: employee }), {
        status: 403,
      })
      const admin = await logIn('admin')
      for (const login of ['toto1', 'toto2', 'toto3'])
        t.match(await call(app, 'POST /media_library/users', { body: { login }, cookie: admin }), {
          status: 201,
          body: { _meta: { created_by: { login: 'admin' }, modified_by: { login: 'admin' } } },
        })
      t.match(await call(app, 'POST /media_library/users', { body, cookie: admin }), {
        status: 409,
      })
    })

    t.test('books', async (t) => {
      const cookie = await logIn('emp1')
      const book = (title: string): Promise<Reply> =>
        call(app, 'POST /media_library/books', { body: { title, pages: 21 }, cookie })
      const first = await book('martine a la plage 1')
      t.match(first, { status: 201, body: { borrowed: false } })
      const one = `/media_library/books/${String(first.body['_id'])}`
      t.match(await call(app, `DELETE ${one}`), { status: 401 })
      t.match(await call(app, `DELETE ${one}`, { cookie: await logIn('client1') }), { status: 403 })
      t.match(await call(app, `DELETE ${one}`, { cookie }), { status: 204 })

      const found = await call(app, 'GET /media_library/users?login=client1', { cookie })
      const [client] = found.body['result'] as readonly Json[]
      const { _id: _book } = (await book('martine a la plage 3')).body
      const lent = { user_id: client?.['_id'], return_date: '2999-01-01T00:00:00' }
      const borrow = (body: Json, who = cookie): Promise<Reply> =>
        call(app, `POST /media_library/books/_actions/borrow/${String(_book)}`, {
          body,
          cookie: who,
        })
      t.match(await borrow({ ...lent, return_date: 'test' }), { status: 400 })
      t.match(await borrow(lent, await logIn('admin')), { status: 403 })
      t.match(await borrow(lent), { status: 200, body: { borrowed: true } })
      t.match(await borrow(lent), { status: 403 }, 'it is out')
      t.match(await call(app, `GET /media_library/users/${String(client?.['_id'])}`, { cookie }), {
        body: { rent: { books: [_book] } },
      })
      const rows = [[_book, 'martine a la plage 3', 'client1']]
      t.match(await call(app, 'GET /media_library/books/_selections/borrowed', { cookie }), {
        body: { result: rows, total: 1 },
      })
      t.match(
        await call(app, 'GET /media_library/books/_selections/borrowed'),
        {
          body: { result: [[_book, 'martine a la plage 3', null]], total: 1 },
        },
        'who has it is not for everyone',
      )
      const seen = await call(app, `GET /media_library/books/${String(_book)}`)
      t.notOk('user' in (seen.body['borrow'] as Json))
      const own = await call(app, `GET /media_library/books/${String(_book)}`, {
        cookie: await logIn('client1'),
      })
      t.equal((own.body['borrow'] as Json)['user'], client?.['_id'])
      t.match(await call(app, 'GET /media_library/books?title.$reg=martine.*3', { cookie }), {
        body: { total: 1 },
      })
    })
  })
}
