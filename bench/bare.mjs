/**
 * The limits to compare with: hand-written Fastify handlers that do only what a workload asks.
 * `KIND` hello | sqlite | mongo; sqlite: `COLUMNS=1` scalars in stored generated columns,
 * `GROUP=1` writes that wait at once share a transaction. `FILE` or `MONGO_URL`, `PORT`.
 */
import fastify from 'fastify'
import { randomBytes } from 'node:crypto'

const env = process.env
const server = fastify({ logger: false })
const USERS = '/myApp/users'
const body = {
  type: 'object',
  additionalProperties: false,
  properties: {
    name: { type: 'string' },
    surname: { type: 'string' },
    age: { type: 'integer' },
    male: { type: 'boolean', default: true },
    addr: { type: 'string' },
  },
}
const post = { schema: { body: { ...body, required: ['addr'] } } }

const tail = randomBytes(5).toString('hex')
let made = 0
const newId = () =>
  Math.floor(Date.now() / 1000).toString(16) +
  tail +
  (made++ & 0xffffff).toString(16).padStart(6, '0')

const send = (reply, text) =>
  text === undefined
    ? reply.code(404).send({ error: 'not found' })
    : reply.header('content-type', 'application/json; charset=utf-8').send(text)
const page = (docs, total, skip) =>
  `{"result":[${docs.join(',')}],"total":${total},"_skip":${skip},"_page":10}`

async function sqlite() {
  const { default: Database } = await import('better-sqlite3')
  const db = new Database(env.FILE)
  db.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;
    PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456`)
  const at = (name) => (env.COLUMNS ? name : `json_extract(doc,'$.${name}')`)
  const byId = db.prepare('SELECT doc FROM users WHERE id = ?').pluck()
  const byName = db.prepare(`SELECT doc FROM users WHERE ${at('name')} = ? LIMIT 10`).pluck()
  const byAge = db
    .prepare(
      `SELECT total, doc FROM (SELECT rowid AS r, ${at('surname')} AS s, count(*) OVER () AS total
       FROM users WHERE ${at('age')} >= ? AND ${at('age')} < ? ORDER BY s LIMIT 10)
       JOIN users ON users.rowid = r ORDER BY s`,
    )
    .raw()
  const deep = db.prepare('SELECT doc FROM users ORDER BY id LIMIT 10 OFFSET ?').pluck()
  const addr = db.prepare('SELECT 1 FROM addrs WHERE id = ?').pluck()
  const insert = db.prepare('INSERT INTO users(id, doc) VALUES(?, ?)')
  const change = db
    .prepare(`UPDATE users SET doc = json_set(doc, '$.surname', ?) WHERE id = ? RETURNING doc`)
    .pluck()
  const run = env.GROUP ? groups(db) : async (job) => job()

  server.get(`${USERS}/:id`, (request, reply) => send(reply, byId.get(request.params.id)))
  server.get(USERS, (request, reply) => {
    const { name, _skip = 0, ...query } = request.query
    if (name !== undefined) return send(reply, page(byName.all(name), null, 0))
    if (query['age.$gte'] === undefined)
      return send(reply, page(deep.all(Number(_skip)), null, _skip))
    const rows = byAge.all(Number(query['age.$gte']), Number(query['age.$lt']))
    return send(
      reply,
      page(
        rows.map((row) => row[1]),
        rows[0]?.[0] ?? 0,
        0,
      ),
    )
  })
  server.post(USERS, post, async (request, reply) => {
    const doc = await run(() => {
      if (!addr.get(request.body.addr)) return undefined
      const _id = newId()
      const text = JSON.stringify({ _id, ...request.body })
      insert.run(_id, text)
      return text
    })
    send(reply, doc)
    return reply
  })
  server.patch(`${USERS}/:id`, { schema: { body: { type: 'object' } } }, async (request, reply) => {
    send(reply, await run(() => change.get(request.body.value, request.params.id)))
    return reply
  })
}

/** Jobs of one turn of the event loop in one transaction. */
function groups(db) {
  let waiting = []
  const all = db.transaction((jobs) => jobs.map(({ job }) => job()))
  const flush = () => {
    const jobs = waiting
    waiting = []
    all(jobs).forEach((result, index) => jobs[index].resolve(result))
  }
  return (job) =>
    new Promise((resolve) => {
      if (waiting.push({ job, resolve }) === 1) setImmediate(flush)
    })
}

async function mongo() {
  const { MongoClient } = await import('mongodb')
  const client = await new MongoClient(env.MONGO_URL).connect()
  const durable = { writeConcern: { w: 'majority', j: true } }
  const users = client.db().collection('users', durable)
  const addrs = client.db().collection('addrs')
  server.get(`${USERS}/:id`, async (request, reply) => {
    const doc = await users.findOne({ _id: request.params.id })
    return doc ?? reply.code(404).send({ error: 'not found' })
  })
  server.get(USERS, async (request) => {
    const { name, _skip = 0, ...query } = request.query
    if (name !== undefined) return { result: await users.find({ name }).limit(10).toArray() }
    if (query['age.$gte'] === undefined)
      return { result: await users.find().sort({ _id: 1 }).skip(+_skip).limit(10).toArray() }
    const age = { $gte: +query['age.$gte'], $lt: +query['age.$lt'] }
    const [result, total] = await Promise.all([
      users.find({ age }).sort({ surname: 1 }).limit(10).toArray(),
      users.countDocuments({ age }),
    ])
    return { result, total }
  })
  server.post(USERS, post, async (request, reply) => {
    if (!(await addrs.findOne({ _id: request.body.addr }, { projection: { _id: 1 } })))
      return reply.code(400).send({ error: 'no such addr' })
    const doc = { _id: newId(), ...request.body }
    await users.insertOne(doc)
    return doc
  })
  server.patch(`${USERS}/:id`, async (request, reply) => {
    const change = { $set: { surname: request.body.value } }
    const doc = await users.findOneAndUpdate({ _id: request.params.id }, change, {
      returnDocument: 'after',
    })
    return doc ?? reply.code(404).send({ error: 'not found' })
  })
}

if (env.KIND === 'sqlite') await sqlite()
else if (env.KIND === 'mongo') await mongo()
else server.get('/hello', async () => ({ hello: 'world' }))
await server.listen({ host: '127.0.0.1', port: Number(env.PORT) })
