/** config.md "Actions": arguments, existence, rights, `set`, hooks, results, rollback. */
import t from 'tap'
import { BackoError } from '../../src/errors.ts'
import { walk } from './walk.ts'
import { world, type Given } from './world.ts'

const YAML = `
collections:
  users:
    fields:
      login: { type: String, unique: true }
      secret: { type: Password }
      salary: { type: Int, can_read: false }
      books: { type: RefsList, coll: books, field: $.borrow.user }
  books:
    can_read: "!(item.hidden == true) || current_user.has_role('ADMIN')"
    can_modify: false
    can_create: true
    fields:
      title: { type: String, required: true, max_length: 20 }
      hidden: Bool
      a: Int
      b: { type: Int, can_modify: false }
      tags: { type: List, items: String }
      lines: { type: List, items: { type: Dict, fields: { price: { type: Int, min: 0 } } } }
      borrow: { type: Dict, fields: { user: { type: Ref, coll: users, field: $.books }, date: Datetime, return_date: Datetime } }
      borrowed: { type: Bool, set: "item.borrow.user != null" }
    actions:
      borrow:
        schema:
          user_id: { type: String, required: true }
          return_date: { type: Datetime, required: true, constraint: { expr: "value > timestamp('2000-01-01T00:00:00Z')", message: Too early } }
        exists: "!item.borrowed"
        can_execute: current_user.has_role("EMPLOYEE")
        set:
          $.borrow.user: action.user_id
          $.borrow.date: now()
          $.borrow.return_date: action.return_date
      return: { can_see: item.borrowed, set: { $.borrow: "null" } }
      swap: { set: { $.a: item.b, $.b: item.a } }
      lend_to_self: { set: { $.title: "'of ' + item.borrow.user.login", $.tags: "[item.borrow.user.login, 'x']" } }
      only_small: { schema: { n: Int }, can_execute: action.n < 10, set: { $.a: action.n } }
      typed:
        schema:
          n: { type: Int, min: 1, default: 7 }
          list: { type: List, items: { type: Dict, fields: { price: { type: Int, required: true } } }, min: 1 }
          when: { type: Datetime, default: { expr: now() } }
          word: { type: String, transform: value.trim(), enum: [x, y] }
          code: { type: String, default: { hook: makeCode } }
        hook: echo
      nothing: { hook: nothing }
      breaks: { hook: breaks }
      hide: { hook: hide }
      gone: { hook: gone }
      leak: { hook: leak }
      by_hook: { exists: { hook: isFree }, can_execute: { hook: isMine }, schema: { n: Int }, hook: echo }
      set_then_hook: { set: { $.a: "100" }, hook: readA }
      hidden_for_all: { exists: false, hook: nothing }
`

const HOOKS = {
  makeCode: () => 'made',
  echo: ({ action }: { action: unknown }) => action,
  nothing: () => undefined,
  breaks: async ({ item, backoffice, action }: Given) => {
    item.a = 77
    await item.save()
    await backoffice.users.create({ login: 'made in vain' })
    if (action.kind === 'known') throw new BackoError(418, 'a teapot')
    throw new Error('internal words')
  },
  hide: async ({ item }: Given) => {
    item.hidden = true
    await item.save()
  },
  gone: async ({ item }: Given) => item.delete(),
  leak: async ({ backoffice, item }: Given) => {
    const user = await backoffice.users.load(item.borrow.user)
    return { user, list: [user], item, when: new Date(0) }
  },
  isFree: ({ item, right }: Given) => right === 'see' && !item.borrowed,
  isMine: async ({ action, currentUser, right }: Given) =>
    right === 'execute' && action.n === 1 && currentUser.login === 'emma',
  readA: ({ item }: Given) => ({ a: item.a }),
}

void t.test('actions', async (t) => {
  const w = await world(YAML, { hooks: HOOKS })
  t.teardown(() => w.close())
  const run = (action: string, id = '{book}'): string => `POST /app/books/_actions/${action}/${id}`
  const borrow = { user_id: '{lang}', return_date: '2999-01-01' }
  await walk(t, w, [
    {
      send: 'POST /app/users',
      body: { login: 'lang', secret: 'hush hush', salary: 5 },
      keep: 'lang',
    },
    { send: 'POST /app/books', body: { title: 'Docker', a: 1 }, keep: 'book' },

    { send: run('borow'), status: 404, expect: { hint: 'did you mean borrow?' } },
    { send: run('borrow', 'nope'), body: borrow, as: 'e:EMPLOYEE', status: 404 },
    { send: run('borrow'), body: borrow, status: 401 },
    { send: run('borrow'), body: borrow, as: 'u:USER', status: 403 },
    { send: run('borrow'), body: {}, as: 'u:USER', status: 403, why: 'rights before arguments' },
    { send: run('hidden_for_all'), as: 'a:ADMIN', status: 403 },
    {
      send: run('borrow'),
      body: { return_date: 'x', colour: 1 },
      as: 'e:EMPLOYEE',
      status: 400,
      expect: {
        errors: (errors: { path: string; message: string }[]) =>
          errors
            .map(({ path, message }) => `${path} ${message}`)
            .sort()
            .join() ===
          '$.colour Unknown field,$.return_date Must be a datetime,$.user_id Cannot be empty',
      },
    },
    {
      send: run('borrow'),
      body: { user_id: '{lang}', return_date: '1999-01-01' },
      as: 'e:EMPLOYEE',
      status: 400,
      expect: { detail: /^\$\.return_date: Too early/ },
    },
    { send: run('borrow'), body: [], as: 'e:EMPLOYEE', status: 400 },
    {
      send: run('borrow'),
      body: { user_id: 'nobody', return_date: '2999-01-01' },
      as: 'e:EMPLOYEE',
      status: 400,
      expect: { errors: [{ path: '$.borrow.user', message: 'No such item in users' }] },
    },
    {
      send: run('borrow'),
      body: borrow,
      as: 'e:EMPLOYEE',
      expect: {
        _id: '{book}',
        borrowed: true,
        borrow: { user: '{lang}', return_date: '2999-01-01T00:00:00.000Z', date: String },
        _meta: { modified_by: { login: 'e' } },
      },
      why: 'can_modify is false: an action asks its own right only',
    },
    { send: 'GET /app/users/{lang}', expect: { books: ['{book}'] } },
    { send: run('borrow'), body: borrow, as: 'e:EMPLOYEE', status: 403, why: 'exists' },
    { send: run('lend_to_self'), expect: { title: 'of lang', tags: ['lang', 'x'] } },
    { send: run('swap'), expect: { a: null, b: 1 }, why: 'all see the item as it was' },
    { send: run('return'), expect: { borrowed: false, borrow: { user: null, date: null } } },
    { send: 'GET /app/users/{lang}', expect: { books: [] } },
    { send: run('return'), status: 403 },

    { send: run('only_small'), body: { n: 5 }, expect: { a: 5 } },
    { send: run('only_small'), body: { n: 50 }, as: 'x:', status: 403 },
    { send: run('only_small'), body: { n: 'x' }, as: 'x:', status: 400 },
    {
      send: run('typed'),
      body: { list: [{ price: 1 }], word: ' x ' },
      expect: { n: 7, list: [{ price: 1 }], word: 'x', when: /Z$/, code: 'made' },
    },
    {
      send: run('typed'),
      body: { list: [{}], word: 'z', n: 0 },
      status: 400,
      expect: {
        detail: (text: string) =>
          ['$.list[0].price: Cannot be empty', '$.word: Not in list', '$.n: Must be >= 1'].every(
            (each) => text.includes(each),
          ),
      },
    },
    { send: run('nothing'), expect: { _id: '{book}', title: 'of lang' }, why: 'no body at all' },
    { send: `${run('nothing')}?_view=nope`, status: 400 },
    { send: `${run('nothing')}?_fields=title`, expect: { title: 'of lang', a: undefined } },
    { send: run('set_then_hook'), expect: { a: 100 }, why: 'the hook sees what was set' },
    { send: run('by_hook'), body: { n: 1 }, as: 'emma:', expect: { n: 1 } },
    { send: run('by_hook'), body: { n: 2 }, as: 'emma:', status: 403 },
    { send: run('by_hook'), body: { n: 1 }, status: 401 },

    { send: run('breaks'), status: 400, body: { kind: 'known' }, why: 'an argument it has not' },
  ])
  await walk(t, w, [
    {
      send: 'POST /app/users',
      body: { login: 'emil', secret: 'hush hush', salary: 5 },
      keep: 'emil',
    },
    { send: 'POST /app/books', body: { title: 'Rails', a: 1 }, keep: 'book' },
    { send: run('breaks'), status: 500, expect: { detail: /^something went wrong/ } },
    { send: 'GET /app/books/{book}', expect: { a: 1 } },
    { send: 'GET /app/users?login=made%20in%20vain', expect: { total: 0 } },
    {
      send: run('borrow'),
      body: { user_id: '{emil}', return_date: '2999-01-01' },
      as: 'e:EMPLOYEE',
    },
    {
      send: run('leak'),
      expect: {
        user: { login: 'emil', salary: undefined, secret: undefined },
        list: [{ login: 'emil', salary: undefined, secret: undefined }],
        item: { _id: '{book}' },
        when: '1970-01-01T00:00:00.000Z',
      },
      why: 'items in a result go out as the user may see them',
    },
    { send: run('hide'), expect: { _id: '{book}', title: undefined }, why: 'now unreadable' },
    { send: run('nothing'), status: 404, why: 'not readable, so not there' },
    { send: run('nothing'), as: 'a:ADMIN' },
    { send: run('gone'), as: 'a:ADMIN', expect: { _id: '{book}' } },
    { send: 'GET /app/books/{book}', as: 'a:ADMIN', status: 404 },
    { send: 'GET /app/books/_actions/borrow/x', status: 405 },
  ])
  t.notMatch(JSON.stringify(w.log.filter((line) => line['level'] === 'info')), /internal words/)
  t.match(JSON.stringify(w.log.filter((line) => line['level'] === 'error')), /internal words/)
})

void t.test('arguments with a BackoError of the hook', async (t) => {
  const w = await world(
    `
collections:
  users:
    fields: { n: Int }
    actions: { stop: { schema: { status: Int, text: String }, hook: stop } }
`,
    {
      hooks: {
        stop: async ({ item, action }: Given) => {
          item.n = 1
          await item.save()
          // as a module with its own copy of the package would throw it
          if (action.text === 'copy')
            throw Object.assign(new Error('from a copy'), { name: 'BackoError', status: 409 })
          throw new BackoError(action.status, action.text, { hint: 'do not' })
        },
      },
    },
  )
  t.teardown(() => w.close())
  const stop = 'POST /app/users/_actions/stop/{one}'
  await walk(t, w, [
    { send: 'POST /app/users', body: {}, keep: 'one' },
    {
      send: stop,
      body: { status: 402, text: 'pay' },
      status: 402,
      expect: { detail: 'pay', hint: 'do not' },
    },
    { send: stop, body: { text: 'copy' }, status: 409, expect: { detail: 'from a copy' } },
    { send: stop, body: { status: 99999, text: 'x' }, status: 500, why: 'no such status' },
    { send: 'GET /app/users/{one}', expect: { n: null } },
  ])
})
