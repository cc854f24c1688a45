/** Rules that look at other items hold, whoever changes which of them. */
import { made, range, type Race } from '../race.ts'

const ORDERS = range(5).map((i) => `o${i}`)

/** What is bought may cost no more than the limit of its customer. */
export const LIMITED = `
collections:
  customers:
    id: { expr: item.name }
    fields:
      name: String
      limit: { type: Int, constraint: "item.purchases.all(one, one.amount <= value)" }
      purchases: { type: RefsList, coll: purchases, field: $.customer }
  purchases:
    id: { expr: item.name }
    fields:
      name: String
      amount: { type: Int, constraint: value <= item.customer.limit }
      customer: { type: Ref, coll: customers, field: $.purchases, required: true }
`

export const rules: readonly Race[] = [
  {
    name: 'rules: a limit that is looked at from both ends',
    yaml: LIMITED,
    seed: async (send) => {
      await made(send, 'POST /customers', { name: 'c', limit: 100 })
      const all = ORDERS.map((name) => ({ name, amount: 1, customer: 'c' }))
      await made(send, 'POST /purchases', all)
    },
    act: ({ send, below, pick, i, own }) => {
      if (i % 4 === 0) return send('PUT /customers/c', { limit: 1 + below(100) })
      if (i % 4 === 1)
        return send('POST /purchases', { name: own, amount: below(20), customer: 'c' })
      return send(`PUT /purchases/${pick(ORDERS)}`, { amount: 1 + below(100) })
    },
    statuses: [400],
    after: async ({ all }) => {
      const [customer] = await all('customers')
      const over = (await all('purchases')).filter(({ amount }) => amount > customer.limit)
      return over.map(({ name, amount }) => `${name}: ${amount} > ${customer.limit}`)
    },
  },
]
