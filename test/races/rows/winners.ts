/** What only one of many may get: the others are told so, each in its way. */
import { made, range, same, type Outcome, type Race, type Send } from '../race.ts'

const YAML = `
collections:
  things:
    id: { expr: item.name }
    fields: { name: String, n: { type: Int, default: 0 } }
`

const ROUNDS = 3
const etags = new Map<string, string>()

async function seed(send: Send): Promise<void> {
  for (const round of range(ROUNDS)) {
    await made(
      send,
      'POST /things',
      ['v', 't', 'd'].map((name) => ({ name: name + round })),
    )
    const { etag = '' } = await send(`GET /things/v${round}`)
    etags.set(`v${round}`, etag)
  }
}

function winners({ told, kept }: Outcome, what: string, status: number): string[] {
  const rivals = told.filter(({ send }) => send === what)
  const lost = rivals.filter(({ reply }) => reply.status === status).length
  const won = rivals.filter((one) => kept.includes(one)).length
  return [...same(`${what}: won`, won, 1), ...same(`${what}: lost`, lost, rivals.length - 1)]
}

export const winning: readonly Race[] = [
  {
    name: 'one wins: a version, a test, a name, a deletion',
    yaml: YAML,
    rounds: ROUNDS,
    fixed: true,
    seed,
    act: async ({ send, round, i }) => {
      await send(
        `PUT /things/v${round}`,
        { n: i + 1 },
        { 'if-match': etags.get(`v${round}`) ?? '' },
      )
      await send(`PATCH /things/t${round}`, [
        { op: 'test', path: '$.n', value: 0 },
        { op: 'replace', path: '$.n', value: i + 1 },
      ])
      await send(`DELETE /things/d${round}`)
      await send('POST /things', { name: `p${round}` })
    },
    statuses: [404, 409, 412],
    after: (outcome) => [
      ...range(ROUNDS).flatMap((round) => [
        ...winners(outcome, `PUT /things/v${round}`, 412),
        ...winners(outcome, `PATCH /things/t${round}`, 409),
        ...winners(outcome, `DELETE /things/d${round}`, 404),
      ]),
      ...same('made', outcome.kept.filter(({ send }) => send.startsWith('POST')).length, ROUNDS),
    ],
  },
]
