/**
 * Answers that can't but tell that something is there: unique values, ids, deletions that others stand against.
 * They tell no more than that: no value, no field one may not read, no id of an item one may not read.
 */
import t from 'tap'
import { openTwin } from './twin-worlds.ts'
import { attackOnly } from './attack.ts'

const NO_NAME = /"detail":"a value is already taken","code":"BACKO_STORE_UNIQUE","errors":\[\]/

attackOnly('clashes', [
  {
    send: 'POST /vault/docs',
    body: { slug: 'n1', code: 's3cr3t-code-open' },
    status: 409,
    says: NO_NAME,
  },
  {
    send: 'POST /vault/docs',
    body: { slug: 'n1', code: 's3cr3t-code-h' },
    status: 409,
    says: NO_NAME,
  },
  { send: 'PUT /vault/docs/d_open', body: { code: 's3cr3t-code-h' }, status: 409, says: NO_NAME },
  {
    send: 'PATCH /vault/docs/d_open',
    body: [{ op: 'add', path: '/code', value: 's3cr3t-code-h' }],
    status: 409,
    says: NO_NAME,
  },
  {
    send: 'POST /vault/docs',
    body: [
      { slug: 'n1', code: 'twice' },
      { slug: 'n2', code: 'twice' },
    ],
    status: 409,
    says: NO_NAME,
  },
  {
    send: 'POST /vault/people',
    body: { login: 'hid' },
    status: 409,
    says: /p_hid is already there/,
    why: 'an id made of what was sent',
  },
  {
    send: 'POST /vault/docs',
    body: { slug: 'hidden-item' },
    status: 409,
    says: /"path":"\$\._id"/,
    never: /pin|4242|title of/,
  },
  {
    send: 'POST /vault/secrets',
    body: { name: 'taken' },
    status: 409,
    says: NO_NAME,
    why: 'in a collection that eve may only add to',
  },
  {
    send: 'DELETE /vault/teams/kept',
    status: 409,
    says: /is referred to by \$\.\w+ of notes/,
    never: /n_/,
  },
  {
    send: 'DELETE /vault/passports/one',
    status: 409,
    says: /an item of holders must keep its passport/,
    never: /h-hid/,
  },
  {
    send: 'PUT /vault/passports/one',
    body: { holder: 'h-eve' },
    status: 400,
    says: /an item of holders must keep its passport/,
    never: /h-hid/,
  },
  {
    send: 'PUT /vault/holders/h-eve',
    body: { passport: 'one' },
    status: 400,
    says: /an item of holders must keep its passport/,
    never: /h-hid/,
  },
  {
    send: 'DELETE /vault/teams/t',
    status: 409,
    says: /an item of members would break a rule/,
    never: /m-hid/,
  },
])

t.test('an administrator is told more', async (t) => {
  const { app, call } = await openTwin('memory', t.testdir({}), 'rich')
  t.teardown(() => app.close())
  const clash = { send: 'POST /vault/docs', body: { slug: 'n1', code: 's3cr3t-code-open' } }
  t.match((await call({ ...clash, as: 'admin' })).text, /\$\.code: Already taken/)
  const goes = await call({ send: 'DELETE /vault/passports/one', as: 'admin' })
  t.match(goes.text, /holders\/h-hid must keep its passport/)
})
