/**
 * What the benchmark can run: this server in several forms, and the bare baselines. A target is
 * `{ name, about, prepare(place), command(place) }`; place: `{ dir, port, n, mongoUrl }`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SignJWT } from 'jose'
import { parse } from 'yaml'
import { addrs, users } from './data.mjs'
import { seed } from './seed.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const base = () => parse(readFileSync(here('./backo.yaml'), 'utf8'))
const SECRET = 'a secret of the benchmark, 32 bytes or more'

/** The configuration of a target; JSON is YAML. */
function configFile({ dir }, change) {
  const config = base()
  change(config)
  const file = join(dir, 'backo.yaml')
  writeFileSync(file, JSON.stringify(config, null, 1))
  return file
}

function ours({ name, about, change = () => undefined, storage, options = [], headers }) {
  return {
    name,
    about,
    mongo: storage === 'mongodb',
    headers,
    async prepare(place) {
      place.file = configFile(place, (config) => {
        if (storage === 'mongodb') config.storage.default = { type: storage, url: place.mongoUrl }
        if (storage === 'yaml') config.storage.default = { type: storage, path: './data/yaml' }
        change(config)
      })
      await seed(place.file, place.n)
    },
    command: ({ file, port }) => ({
      args: [here('../bin/backo.js'), 'serve', file, '--port', String(port), ...options],
    }),
  }
}

const bareSqlite = (name, about, env) => ({
  name,
  about,
  async prepare({ dir, n }) {
    const { default: Database } = await import('better-sqlite3')
    const db = new Database(join(dir, 'bare.db'))
    const columns = ['name TEXT', 'surname TEXT', 'age INTEGER'].map(
      (column) =>
        `${column} GENERATED ALWAYS AS (json_extract(doc,'$.${column.split(' ')[0]}')) STORED,`,
    )
    db.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;
      CREATE TABLE users(id TEXT PRIMARY KEY, ${env.COLUMNS ? columns.join(' ') : ''} doc TEXT);
      CREATE TABLE addrs(id TEXT PRIMARY KEY, doc TEXT)`)
    db.transaction(() => {
      for (const [table, rows] of Object.entries({ addrs: addrs(n), users: users(n) })) {
        const insert = db.prepare(`INSERT INTO ${table}(id, doc) VALUES(?, ?)`)
        for (const row of rows) insert.run(row._id, JSON.stringify(row))
      }
    })()
    const name = env.COLUMNS ? 'name' : "json_extract(doc,'$.name')"
    db.exec(`CREATE INDEX users_name ON users(${name}); PRAGMA wal_checkpoint(TRUNCATE)`)
    db.close()
  },
  command: ({ dir, port }) => ({
    args: [here('./bare.mjs')],
    env: { KIND: 'sqlite', FILE: join(dir, 'bare.db'), PORT: String(port), ...env },
  }),
})

const bareMongo = {
  name: 'bare-mongo',
  about: 'Fastify and the mongodb driver, writes by the majority, in its journal',
  mongo: true,
  async prepare({ mongoUrl, n }) {
    const { MongoClient } = await import('mongodb')
    const client = await new MongoClient(mongoUrl).connect()
    for (const [name, rows] of Object.entries({ addrs: addrs(n), users: users(n) })) {
      const docs = []
      for (const row of rows) {
        docs.push(row)
        if (docs.length === 5000) await client.db().collection(name).insertMany(docs.splice(0))
      }
      if (docs.length > 0) await client.db().collection(name).insertMany(docs)
    }
    await client.db().collection('users').createIndex({ name: 1 })
    await client.close()
  },
  command: ({ mongoUrl, port }) => ({
    args: [here('./bare.mjs')],
    env: { KIND: 'mongo', MONGO_URL: mongoUrl, PORT: String(port) },
  }),
}

/** Rights that read the item, for an ordinary user: nobody but admins sees the very old. */
const rowRights = (config) => {
  const users = config.collections.users
  users.can_read = 'item.age < 1000 || current_user.has_role("ADMIN")'
  users.can_modify = 'item.age < 1000 || current_user.has_role("ADMIN")'
}
const auth = (config) => {
  config.auth = { secret: SECRET }
}
const token = async () => {
  const claims = { login: 'bench', roles: ['USER'] }
  const jwt = new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setSubject('u1')
  const signed = await jwt.setExpirationTime('1h').sign(new TextEncoder().encode(SECRET))
  return { Cookie: `jwt_token=${signed}`, 'Sec-Fetch-Site': 'same-origin' }
}

const all = [
  {
    name: 'hello',
    about: 'Fastify with one fixed object',
    only: ['W1'],
    path: '/hello',
    prepare: async () => undefined,
    command: ({ port }) => ({
      args: [here('./bare.mjs')],
      env: { KIND: 'hello', PORT: String(port) },
    }),
  },
  bareSqlite('bare', 'Fastify and better-sqlite3, stored text sent as it is, FULL', {}),
  bareSqlite('bare-columns', 'as bare, scalars in stored generated columns', { COLUMNS: '1' }),
  {
    ...bareSqlite('bare-group', 'as bare, with group commit', { GROUP: '1' }),
    only: ['W4', 'W5'],
  },
  ours({ name: 'ours', about: 'backo on sqlite, durability full' }),
  ours({ name: 'ours-rights', about: 'with row rights that read the item', change: rowRights }),
  ours({ name: 'ours-jwt', about: 'with a JWT cookie', change: auth, headers: token }),
  ours({ name: 'ours-yaml', about: 'backo on YAML files', storage: 'yaml' }),
  ours({ name: 'ours-mongo', about: 'backo on mongodb', storage: 'mongodb' }),
  bareMongo,
  ours({
    name: 'ours-workers',
    about: 'backo on sqlite, two workers',
    options: ['--workers', '2'],
  }),
]

export const targets = new Map(all.map((target) => [target.name, target]))
