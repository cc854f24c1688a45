/**
 * backo as a target of a load runner for peers, whose adapters are objects of `prepare`, `command` and requests: a
 * file of its adapters holds
 *
 *     import { ours } from '<here>/bench/peers.mjs'
 *     export default ours({ backoLike, userId, addrId })
 *
 * with its own requests for servers that have backo's routes, and its ids of users and addresses.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'yaml'
import { seedRows } from './seed.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

/** bench/backo.yaml on another store */
const configOf = (storage) => {
  const config = parse(readFileSync(here('./backo.yaml'), 'utf8'))
  return stringify({ ...config, storage: { default: storage } })
}

export function ours({ backoLike, userId, addrId }) {
  const target = (name, about, storageOf, args = []) => ({
    name,
    about,
    ...backoLike,
    requests: {
      ...backoLike.requests,
      W5: (ctx, index, value) => [
        ['PATCH', `/myApp/users/${userId(index)}`, { op: 'replace', path: '$.surname', value }],
      ],
    },
    async prepare(ctx) {
      const file = join(ctx.dir, 'backo.yaml')
      writeFileSync(file, configOf(await storageOf(ctx)))
      await seedRows(file, {
        addrs: ctx.data.addrs.map(({ name, address }, at) => ({ _id: addrId(at), name, address })),
        users: ctx.data.users.map((user, at) => ({
          _id: userId(at),
          ...user,
          addr: addrId(user.addr),
        })),
      })
    },
    command: (ctx) => ({
      cmd: process.execPath,
      args: [
        here('../bin/backo.js'),
        'serve',
        join(ctx.dir, 'backo.yaml'),
        '--port',
        String(ctx.port),
        ...args,
      ],
      env: { NODE_ENV: 'production' },
    }),
  })
  const sqlite = (ctx) => ({ type: 'sqlite', path: join(ctx.dir, 'ours.db'), durability: 'full' })
  return [
    target('ours-sqlite', 'backo on SQLite, durability full', sqlite),
    target('ours-mongo', 'backo on MongoDB', async (ctx) => ({
      type: 'mongodb',
      url: await ctx.startMongo(),
      database: 'bench',
    })),
  ]
}
