/** Hooks read and write in the transaction of their request, and again when it is tried again. */
import { made, range, same, type Race, type Send } from '../race.ts'

const BANK = `
collections:
  accounts:
    id: { expr: item.name }
    fields: { name: String, money: Int }
    actions:
      transfer:
        hook: transfer
        schema: { to: String, amount: Int, fails: Bool }
  moves:
    fields: { from: String, to: String, amount: Int }
`

const ACCOUNTS = range(4).map((i) => `a${i}`)
const seedBank = (send: Send): Promise<unknown> =>
  made(
    send,
    'POST /accounts',
    ACCOUNTS.map((name) => ({ name, money: 100 })),
  )

export const hooked: readonly Race[] = [
  {
    name: 'hooks: money goes to and fro, some refuse at the end',
    yaml: BANK,
    seed: seedBank,
    act: ({ send, pick, below }) => {
      const [from, to] = [pick(ACCOUNTS), pick(ACCOUNTS)]
      if (from === to) return Promise.resolve()
      const body = { to, amount: below(30), fails: below(3) === 0 }
      return send(`POST /accounts/_actions/transfer/${from}`, body)
    },
    statuses: [400],
    after: async ({ kept, all }) => {
      const moves = await all('moves')
      const balances = new Map(ACCOUNTS.map((name) => [name, 100]))
      for (const { from, to, amount } of moves) {
        balances.set(from, (balances.get(from) ?? 0) - amount)
        balances.set(to, (balances.get(to) ?? 0) + amount)
      }
      const accounts = await all('accounts')
      return [
        ...same('moves', moves.length, kept.length),
        ...accounts.flatMap(({ name, money }) => same(name, money, balances.get(name))),
        ...same('in debt', accounts.filter(({ money }) => money < 0).length, 0),
      ]
    },
  },
  {
    name: 'hooks: totals that are made when they are first needed',
    yaml: `
collections:
  orders:
    fields: { day: String }
    on: { created: addUp }
  totals:
    id: { expr: item.day }
    fields: { day: String, count: Int }
`,
    act: ({ send, round, i }) => send('POST /orders', { day: `d${round}${i % 2}` }),
    statuses: [],
    after: async ({ kept, all }) => {
      const [totals, orders] = [await all('totals'), await all('orders')]
      return [
        ...same('orders', orders.length, kept.length),
        ...totals.flatMap(({ day, count }) =>
          same(day, count, orders.filter((order) => order.day === day).length),
        ),
        ...same(
          'in all',
          totals.reduce((sum, { count }) => sum + count, 0),
          orders.length,
        ),
      ]
    },
  },
  {
    name: 'hooks: numbers without a gap',
    yaml: `
collections:
  invoices:
    fields: { number: { type: Int, unique: true, default: { hook: nextNumber } } }
`,
    rounds: 3,
    act: ({ send }) => send('POST /invoices', {}),
    statuses: [],
    after: async ({ kept, all }) => {
      const numbers = (await all('invoices')).map(({ number }) => number)
      return same('numbers', Math.max(...numbers), kept.length)
    },
  },
  {
    name: 'hooks: two read what the other changes',
    yaml: `
collections:
  doctors:
    id: { expr: item.name }
    fields: { name: String, on: Bool }
    actions: { leave: { hook: leave } }
`,
    seed: (send) =>
      made(
        send,
        'POST /doctors',
        range(10).map((i) => ({ name: `d${i}`, on: true })),
      ),
    rounds: 2,
    act: ({ send, i }) => send(`POST /doctors/_actions/leave/d${i % 10}`),
    statuses: [400],
    after: async ({ all }) => {
      const on = (await all('doctors')).filter((doctor) => doctor.on === true).length
      return same('on call', on, 1)
    },
  },
]
