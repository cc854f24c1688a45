/** Values and ids that only one may have. */
import { made, range, same, type Race } from '../race.ts'

const YAML = `
collections:
  seats:
    id: { expr: item.name }
    fields:
      name: String
      u: { type: String, unique: true }
      row: Int
      place: Int
      tag: String
    indexes: [ { fields: [row, place], unique: true } ]
    actions:
      rotate: { hook: rotate, schema: { others: { type: List, items: String } } }
`

const NAMES = range(6).map((i) => `s${i}`)
const SEATS = NAMES.map((name, i) => ({ name, u: `u${i}` }))
const VALUES = SEATS.map(({ u }) => u)

/** Three of them, each once. */
const three = (first: number): readonly string[] =>
  [0, 1, 2].map((i) => NAMES[(first + i * (first % 2 ? 1 : 5)) % NAMES.length] ?? '')

export const uniques: readonly Race[] = [
  {
    name: 'unique: one value, one id, one pair, wanted by all',
    yaml: YAML,
    act: async ({ send, own, round }) => {
      await send('POST /seats', { name: own, u: `u${round}` })
      await send('POST /seats', { name: `same${round}` })
      await send('POST /seats', { name: `p${own}`, row: 1, place: round })
    },
    statuses: [409],
    after: ({ kept, told }) => same('one of each', kept.length, (told.length / 20) | 0),
  },
  {
    name: 'unique: values that move between items',
    yaml: YAML,
    seed: (send) => made(send, 'POST /seats', SEATS),
    act: ({ send, below, pick }) =>
      send(`PUT /seats/${pick(NAMES)}`, { u: below(8) === 0 ? null : `u${below(9)}` }),
    statuses: [409],
  },
  {
    name: 'unique: ids made, deleted and made again',
    yaml: YAML,
    act: async ({ send, pick, below }) => {
      const name = pick(NAMES)
      if (below(2) === 0) await send('POST /seats', { name, u: pick(VALUES) })
      else await send(`DELETE /seats/${name}`)
    },
    statuses: [404, 409],
    after: async ({ kept, all }) => {
      const count = (method: string) => kept.filter(({ send }) => send.startsWith(method)).length
      return same('left', (await all('seats')).length, count('POST') - count('DELETE'))
    },
  },
  {
    name: 'unique: deleted softly, restored, made anew',
    yaml: `${YAML}    soft_delete: true\n`,
    seed: (send) => made(send, 'POST /seats', SEATS),
    act: async ({ send, pick, below }) => {
      const name = pick(NAMES)
      if (below(3) === 0) await send('POST /seats', { name, u: pick(VALUES) })
      else if (below(2) === 0) await send(`POST /seats/_actions/restore/${name}`)
      else await send(`DELETE /seats/${name}`)
    },
    after: async ({ kept, all }) => {
      const count = (method: string) => kept.filter(({ send }) => send.startsWith(method)).length
      const left = SEATS.length + count('POST') - count('DELETE')
      return same('left', (await all('seats')).length, left)
    },
  },
  {
    name: 'unique: three pass theirs on, in a batch',
    yaml: YAML,
    seed: (send) => made(send, 'POST /seats', SEATS),
    act: async ({ send, below }) => {
      const names = three(below(NAMES.length))
      const found = await Promise.all(names.map((name) => send(`GET /seats/${name}`)))
      const operations = names.map((name, i) => ({
        method: 'PUT',
        path: `/app/seats/${name}`,
        body: { u: found[(i + 1) % 3]?.body.u },
      }))
      await send('POST /_batch', { operations })
    },
    statuses: [409],
    after: async ({ all }) =>
      same('u', (await all('seats')).map(({ u }) => String(u)).toSorted(), VALUES),
  },
  {
    name: 'unique: three pass theirs on, by a hook',
    yaml: YAML,
    seed: (send) => made(send, 'POST /seats', SEATS),
    act: ({ send, below }) => {
      const [first, ...others] = three(below(NAMES.length))
      return send(`POST /seats/_actions/rotate/${first}`, { others })
    },
    // what they pass on is read in the same transaction: nothing stands against it
    statuses: [],
    after: async ({ all }) =>
      same('u', (await all('seats')).map(({ u }) => String(u)).toSorted(), VALUES),
  },
  {
    name: 'arrays that clash half way keep nothing',
    yaml: YAML,
    act: ({ send, own, below }) =>
      send(
        'POST /seats',
        range(5).map((i) => ({ name: `${own}n${i}`, tag: own, u: `u${below(90)}` })),
      ),
    statuses: [409],
    after: async ({ kept, told, all }) => {
      const seats = await all('seats')
      const wrong = told.filter((one) => {
        const found = seats.filter(({ tag }) => tag === one.sent[0].tag).length
        return found !== (kept.includes(one) ? 5 : 0)
      })
      return [...same('kept in part', wrong.length, 0), ...same('some', kept.length > 2, true)]
    },
  },
]
