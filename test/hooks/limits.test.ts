/** Hooks that take too long, never end, forget to wait, or go on when all is over. No sleeps: hooks are held by the test. */
import t from 'tap'
import { itemMethods } from '../../src/operations/index.ts'
import { world, type Given, type World } from '../operations/world.ts'

const YAML = `
collections:
  runs:
    fields: { name: String, n: Int, boss: { type: Ref, coll: runs } }
    on: { saved: saved }
    actions: { go: { hook: go } }
`

interface Code {
  go: (context: Given) => unknown
  saved: (context: Given) => unknown
}

async function setUp(
  t: { teardown(run: () => unknown): void },
  hookTimeout = 5000,
): Promise<{
  w: World
  code: Code
  go: (id?: string) => Promise<Given>
  names: () => Promise<string>
}> {
  const code: Code = { go: () => undefined, saved: () => undefined }
  const w = await world(YAML, {
    hookTimeout,
    hooks: { go: (context) => code.go(context), saved: (context) => code.saved(context) },
  })
  t.teardown(() => w.close())
  const { body } = await w.call('POST /app/runs', { name: 'one' })
  return {
    w,
    code,
    go: (id = body._id) => w.call(`POST /app/runs/_actions/go/${id}`),
    names: async () => {
      const { body: page } = await w.call('GET /app/runs?_sort=name')
      return page.result.map((run: Given) => run.name).join()
    },
  }
}

void t.test('too slow: 503, nothing is kept, and what comes late is refused', async (t) => {
  const { code, go, names } = await setUp(t, 30)
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  let late: Promise<unknown> = Promise.resolve()
  code.go = ({ item, backoffice }) => {
    late = (async () => {
      await backoffice.runs.create({ name: 'early' })
      await held
      item.name = 'late'
      await item.save()
    })()
    return late
  }
  const answer = await go()
  t.equal(answer.status, 503)
  t.equal(answer.headers['retry-after'], '1')
  t.notMatch(JSON.stringify(answer.body), /"go"/, 'the hook is not named')
  release()
  await t.rejects(late, { message: /the hook go has ended/ })
  t.equal(await names(), 'one')
})

void t.test('a slow hook inside is not saved by one that takes its error', async (t) => {
  const { code, go, names } = await setUp(t, 30)
  code.saved = ({ item }) => (item.name === 'slow' ? new Promise(() => undefined) : undefined)
  code.go = async ({ backoffice }) => {
    await backoffice.runs.create({ name: 'slow' }).catch(() => undefined)
    return 'all is well'
  }
  const answer = await go()
  t.equal(answer.status, 503)
  t.equal(await names(), 'one')
})

void t.test('what a hook does not wait for', async (t) => {
  const { code, go, names } = await setUp(t)
  code.go = ({ backoffice }) => {
    backoffice.runs.create({ name: 'two' })
    backoffice.runs.create({ name: 'three' })
  }
  t.equal((await go()).status, 200)
  t.equal(await names(), 'one,three,two', 'is waited for')
  code.go = ({ backoffice }) => {
    backoffice.runs.create({ name: 'four' })
    backoffice.runs.create({ name: 4 })
  }
  t.equal((await go()).status, 400, 'and its failure is that of the hook')
  t.equal(await names(), 'one,three,two')
  let later: Promise<unknown> = Promise.resolve()
  code.go = ({ backoffice }) => {
    later = new Promise((resolve) => setImmediate(resolve)).then(() =>
      backoffice.runs.create({ name: 'late' }),
    )
  }
  t.equal((await go()).status, 200)
  await t.rejects(later, { message: /must be awaited/ })
  t.equal(await names(), 'one,three,two')
})

void t.test('many at once in one hook are done one after another', async (t) => {
  const { code, go } = await setUp(t)
  code.go = async ({ item, backoffice }) => {
    const made = await Promise.all(
      [1, 2, 3, 4].map((n) => backoffice.runs.create({ name: `n${n}`, n, boss: item })),
    )
    await Promise.all(made.map((each: Given) => each.set({ n: each.n * 10 }).save()))
    const { result } = await backoffice.runs.select({ n: { $gte: 10 } }, { sort: ['n'] })
    return result.map((each: Given) => each.n)
  }
  t.same((await go()).body, [10, 20, 30, 40])
})

void t.test('hooks that call themselves without end', async (t) => {
  const { w, code, go, names } = await setUp(t)
  code.saved = async ({ item, backoffice }) => {
    if (item.name === 'deep') await backoffice.runs.create({ name: 'deep' })
  }
  code.go = ({ backoffice }) => backoffice.runs.create({ name: 'deep' })
  t.equal((await go()).status, 500)
  t.equal(await names(), 'one')
  t.match(JSON.stringify(w.log), /calls itself without end/)
})

void t.test('afterCommit', async (t) => {
  const { w, code, go } = await setUp(t)
  const done: string[] = []
  const kept = async (): Promise<number> => (await w.call('GET /app/runs')).body.total
  code.go = async ({ backoffice, afterCommit }) => {
    await backoffice.runs.create({ name: 'a' })
    afterCommit(async () => done.push(`first, of ${await kept()}`))
    afterCommit(() => {
      throw new Error('the mail server is away')
    })
    afterCommit(() => done.push('last'))
  }
  t.equal((await go()).status, 200)
  t.same(done.splice(0), ['first, of 2', 'last'], 'once all is kept; a failure is only logged')
  t.match(JSON.stringify(w.log), /the mail server is away/)
  code.go = ({ afterCommit }) => {
    afterCommit(() => done.push('never'))
    throw new Error('no')
  }
  t.equal((await go()).status, 500)
  code.saved = ({ afterCommit }) => {
    afterCommit(() => done.push('never'))
    throw new Error('no')
  }
  code.go = async ({ backoffice }) => {
    await backoffice.runs.create({ name: 'b' }).catch(() => undefined)
  }
  t.equal((await go()).status, 200)
  t.same(done, [], 'not of what failed, not of what was undone')
  code.go = ({ afterCommit }) => afterCommit('mail')
  t.equal((await go()).status, 500)
})

void t.test('what a hook throws', async (t) => {
  const { code, go } = await setUp(t)
  for (const thrown of [undefined, null, 'text', 42, {}, Object.create(null), new Error('x')]) {
    code.go = () => {
      throw thrown
    }
    const { status, body } = await go()
    t.equal(status, 500, String(typeof thrown))
    t.match(body.detail, /logged/)
    code.go = () => Promise.reject(thrown)
    t.equal((await go()).status, 500)
  }
})

void t.test('clashes: the hook runs again on what others have made of the item', async (t) => {
  const { w, code, go } = await setUp(t)
  code.go = async ({ item }) => {
    item.n = (item.n ?? 0) + 1
    await itemMethods(item).save()
  }
  const answers = await Promise.all(Array.from({ length: 6 }, () => go()))
  const fine = answers.filter(({ status }) => status === 200).length
  const { body } = await w.call('GET /app/runs')
  t.equal(body.result[0].n, fine, 'no change is lost')
  t.ok(answers.every(({ status }) => status === 200 || status === 409))
})
