/** Who guesses passwords has to wait; a clock that the test turns. */
import t from 'tap'
import { createLoginLimit, type Attempt, type LoginLimit } from '../../src/auth/login-limit.ts'

const OPTIONS = { tries: 3, per_address: 6, window: 60_000 }
const HERE: Attempt = { login: 'marie', address: '10.0.0.1' }

function limited(): { limit: LoginLimit; pass: (ms: number) => void } {
  let now = 1_000_000
  const limit = createLoginLimit(OPTIONS, () => now)
  return {
    limit,
    pass: (ms) => {
      now += ms
    },
  }
}

const failed = async (limit: LoginLimit, attempt: Attempt, times = 1): Promise<void> => {
  for (let i = 0; i < times; i++) (await limit.enter(attempt)).end('failed')
}

t.test('the wait doubles, and is never longer than the window', async (t) => {
  const { limit, pass } = limited()
  await failed(limit, HERE, 3)
  const waits: string[] = []
  for (let i = 0; i < 7; i++) {
    const error = await limit.enter(HERE).catch((refusal: unknown) => refusal)
    const { headers, status } = error as { headers: Record<string, string>; status: number }
    t.equal(status, 429)
    waits.push(headers['retry-after'] ?? '')
    pass(Number(headers['retry-after']) * 1000)
    if (i < 6) await failed(limit, HERE)
  }
  t.strictSame(waits, ['1', '2', '4', '8', '16', '32', '60'])
})

t.test('a user who is elsewhere, and another login from here, need not wait', async (t) => {
  const { limit } = limited()
  await failed(limit, HERE, 3)
  await t.rejects(limit.enter(HERE), { code: 'BACKO_REQUEST_TOO_MANY' })
  ;(await limit.enter({ ...HERE, address: '10.0.0.2' })).end('succeeded')
  ;(await limit.enter({ ...HERE, login: 'pierre' })).end('succeeded')
})

t.test('one password tried on many logins is counted by address', async (t) => {
  const { limit } = limited()
  for (const login of ['a', 'b', 'c', 'd', 'e', 'f']) await failed(limit, { ...HERE, login })
  await t.rejects(limit.enter({ ...HERE, login: 'g' }), { code: 'BACKO_REQUEST_TOO_MANY' })
})

t.test(
  'a success, the window, or a store that is away: nothing is held against anyone',
  async (t) => {
    const { limit, pass } = limited()
    await failed(limit, HERE, 2)
    ;(await limit.enter(HERE)).end('succeeded')
    await failed(limit, HERE, 2)
    for (let i = 0; i < 5; i++) (await limit.enter(HERE)).end('broken')
    await failed(limit, HERE)
    await t.rejects(limit.enter(HERE), { code: 'BACKO_REQUEST_TOO_MANY' })
    pass(OPTIONS.window + 1)
    await failed(limit, HERE, 2)
  },
)

t.test('many at once are no way around it, and in no way of many that are right', async (t) => {
  const { limit } = limited()
  let begun = 0
  const outcomes = await Promise.allSettled(
    Array.from({ length: 50 }, async () => {
      const attempt = await limit.enter(HERE)
      begun++
      await Promise.resolve()
      attempt.end('failed')
    }),
  )
  t.equal(begun, 3)
  t.equal(outcomes.filter(({ status }) => status === 'rejected').length, 47)
  const other = { ...HERE, address: '10.0.0.9' }
  const right = Array.from({ length: 50 }, async () => {
    const attempt = await limit.enter(other)
    await Promise.resolve()
    attempt.end('succeeded')
  })
  await t.resolves(Promise.all(right))
})
