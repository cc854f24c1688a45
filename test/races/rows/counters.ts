/** Lost updates: everyone changes the same item, and what was acknowledged is there. */
import type { Given } from '../../operations/world.ts'
import { made, range, same, type Outcome, type Race, type Send } from '../race.ts'

const YAML = `
collections:
  things:
    id: { expr: item.name }
    fields:
      name: String
      n: { type: Int, default: 0 }
      list: { type: List, items: Int }
      free: FreeDict
      each: { type: Dict, fields: { ${range(20)
        .map((i) => `f${i}: Int`)
        .join(', ')} } }
    actions:
      step: { set: { $.n: item.n + 1 } }
`

const seed = (send: Send): Promise<unknown> =>
  made(send, 'POST /things', [{ name: 'a' }, { name: 'b' }])

const thing = async ({ all }: Outcome, name = 'a') =>
  (await all('things')).find((item) => item._id === name)

const operation = (method: string, path: string, body: unknown): object => ({
  method,
  path: `/app${path}`,
  body,
})

export const counters: readonly Race[] = [
  {
    name: 'counter: an action',
    variant: true,
    yaml: YAML,
    seed,
    act: ({ send }) => send('POST /things/_actions/step/a'),
    statuses: [],
    after: async (outcome) => same('n', (await thing(outcome))?.n, outcome.told.length),
  },
  {
    name: 'counter: actions in batches, of two items in whatever order',
    yaml: YAML,
    seed,
    act: ({ send, i }) => {
      const step = (name: string) => operation('POST', `/things/_actions/step/${name}`, {})
      const both = [step('a'), step('b')]
      return send('POST /_batch', { operations: i % 2 ? both : both.toReversed() })
    },
    statuses: [],
    after: async (outcome) => [
      ...same('a', (await thing(outcome))?.n, outcome.told.length),
      ...same('b', (await thing(outcome, 'b'))?.n, outcome.told.length),
    ],
  },
  {
    name: 'counter: every step is in the history, once',
    yaml: `${YAML}    history: true\n`,
    seed,
    act: ({ send, i }) =>
      i % 4 ? send('POST /things/_actions/step/a') : send('PUT /things/a', { list: [i] }),
    statuses: [],
    after: async (outcome) => {
      const { body } = await outcome.send('GET /things/a/_history?_page=0')
      const versions: readonly Given[] = body.result.toReversed()
      const steps = outcome.told.filter(({ send }) => send.startsWith('POST')).length
      return [
        ...same('n', (await thing(outcome))?.n, steps),
        ...same(
          'versions',
          versions.map(({ version }) => version),
          range(versions.length).map((i) => i + 1),
        ),
        ...same('a version a step', versions.length > steps, true),
        ...same('newest', versions.at(-1)?.item?.n, steps),
      ]
    },
  },
  {
    name: 'counter: read, then written with If-Match',
    yaml: YAML,
    seed,
    act: async ({ send }) => {
      const { body, etag = '' } = await send('GET /things/a')
      await send('PUT /things/a', { n: body.n + 1 }, { 'if-match': etag })
    },
    statuses: [412],
    after: async (outcome) => {
      const puts = outcome.kept.filter(({ send }) => send.startsWith('PUT'))
      return same('n', (await thing(outcome))?.n, puts.length)
    },
  },
  {
    name: 'counter: read, then written where a test holds',
    variant: true,
    yaml: YAML,
    seed,
    act: async ({ send }) => {
      const { body } = await send('GET /things/a')
      await send('PATCH /things/a', [
        { op: 'test', path: '$.n', value: body.n },
        { op: 'replace', path: '$.n', value: body.n + 1 },
      ])
    },
    statuses: [409],
    after: async (outcome) => {
      const kept = outcome.kept.filter(({ send }) => send.startsWith('PATCH'))
      return same('n', (await thing(outcome))?.n, kept.length)
    },
  },
  {
    name: 'appended to one list, and keys of one dict',
    yaml: YAML,
    seed,
    act: async ({ send, own, i, round }) => {
      await send('PATCH /things/a', { op: 'add', path: '$.list[-]', value: i * 1000 + round })
      await send('PATCH /things/a', { op: 'add', path: `/free/${own}`, value: i })
    },
    statuses: [],
    after: async (outcome) => {
      const { list, free } = (await thing(outcome)) ?? {}
      const each = outcome.told.length / 2
      return [
        ...same('list', new Set(list).size, each),
        ...same('keys', Object.keys(free).length, each),
      ]
    },
  },
  {
    name: 'a field each of one item',
    variant: true,
    yaml: YAML,
    seed,
    act: ({ send, i, round }) => send('PUT /things/a', { each: { [`f${i}`]: round } }),
    statuses: [],
    after: async (outcome) => {
      const last = Math.max(...outcome.told.map(({ sent }) => Number(Object.values(sent.each)[0])))
      const { each } = (await thing(outcome)) ?? {}
      return same('each', [...new Set(Object.values(each))], [last])
    },
  },
]
