/** Who did what: a line for each item written, by whom, under the request's id. */
import t from 'tap'
import { bearer, served } from './served.ts'
import { hs256, SECRET } from './sign.ts'

t.test('writes are logged at info once they are kept', async (t) => {
  const app = await served({ auth: { secret: SECRET } })
  t.teardown(() => app.close())
  const headers = { ...bearer(hs256({ sub: 'u1' })), 'x-request-id': 'rq1' }
  const written = (): unknown[] =>
    app.log
      .filter(({ msg }) => msg === 'written')
      .map(({ level, logger, request_id, user, collection, id, right }) => ({
        level,
        logger,
        request_id,
        user,
        collection,
        id,
        right,
      }))
  const line = { level: 'info', logger: 'item', request_id: 'rq1', user: 'u1', collection: 'users' }
  const { _id: id } = (await app.call('POST /lib/users', { body: { login: 'x' }, headers })).body
  t.same(written(), [{ ...line, id, right: 'create' }])
  await app.call(`PUT /lib/users/${id}`, { body: { login: 'y' }, headers })
  t.same(written().slice(1), [{ ...line, id, right: 'modify' }])
  await app.call(`PUT /lib/users/${id}`, { body: { login: 'y' }, headers })
  await app.call(`PUT /lib/users/${id}`, { body: { login: 7 }, headers })
  await app.call(`GET /lib/users/${id}`, { headers })
  t.equal(written().length, 2, 'nothing was written')
  await app.call(`DELETE /lib/users/${id}`, { headers })
  t.same(written().slice(2), [{ ...line, id, right: 'delete' }])
  await app.call('POST /lib/users', { body: [{ login: 'a' }, { login: 'b' }] })
  t.match(written().slice(3), [
    { user: '000', right: 'create' },
    { user: '000', right: 'create' },
  ])
})
