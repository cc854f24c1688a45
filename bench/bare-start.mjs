/** The least that a server of this kind can load: Fastify, better-sqlite3, one answer from a table. */
import Database from 'better-sqlite3'
import fastify from 'fastify'

const db = new Database(':memory:')
db.exec(
  `CREATE TABLE t(id TEXT PRIMARY KEY, doc TEXT); INSERT INTO t VALUES('a', '{"hello":"world"}')`,
)
const one = db.prepare('SELECT doc FROM t WHERE id = ?').pluck()
const server = fastify({ logger: false })
server.get('/hello', (request, reply) => {
  reply.header('content-type', 'application/json; charset=utf-8').send(one.get('a'))
})
await server.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
