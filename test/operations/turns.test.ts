/** Lines of those who lost a race: in order, without a deadlock, and who comes new sees that they stand there. */
import t from 'tap'
import type { Running } from '../../src/operations/context.ts'
import { inTurn, keyOf, waitedFor } from '../../src/operations/turns.ts'
import type { UnitOfWork } from '../../src/operations/unit-of-work.ts'

const item = (id: string): string => keyOf({ kind: 'version', collection: 'things', id })
const link = (id: string): string => keyOf({ kind: 'count', side: 'things.parts', id })

/** A gate that opens once. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open }
}

/** What it would write, and the link that it would change. */
const writer = (running: Running, id: string, linked?: string): UnitOfWork =>
  ({
    running,
    changed: [{ collection: { name: 'things' }, id }],
    links: { touched: () => (linked === undefined ? [] : [['things.parts', [linked]]]) },
  }) as unknown as UnitOfWork

t.test('one after the other, in the order in which they came', async (t) => {
  const running = {} as Running
  const told: string[] = []
  const first = gate()
  const run = (name: string, keys: readonly string[], until?: Promise<void>): Promise<void> =>
    inTurn(running, keys, async () => {
      told.push(`${name} begins`)
      await until
      told.push(`${name} ends`)
    })
  const a = run('a', [item('x'), item('y')], first.opened)
  await new Promise(setImmediate)
  const b = run('b', [item('y'), item('x')])
  await new Promise(setImmediate)
  const c = run('c', [item('y')])
  await run('d', [item('z')])
  t.same(told, ['a begins', 'd begins', 'd ends'], 'others go on meanwhile')
  first.open()
  await Promise.all([a, b, c])
  t.same(told.slice(3), ['a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
})

t.test('who comes new sees for what others stand in line', async (t) => {
  const running = {} as Running
  const held = gate()
  t.equal(waitedFor(writer(running, 'x')), undefined, 'nobody')
  const keys = [item('x'), link('p'), keyOf({ kind: 'select', collection: 'things' })]
  const turn = inTurn(running, keys, () => held.opened)
  await new Promise(setImmediate)
  t.equal(waitedFor(writer(running, 'x')), item('x'))
  t.equal(waitedFor(writer(running, 'y')), undefined, 'a search is in nobody else’s way')
  t.equal(waitedFor(writer(running, 'y', 'p')), link('p'))
  t.equal(waitedFor(writer(running, 'y', 'q')), undefined)
  t.equal(waitedFor(writer({} as Running, 'x')), undefined, 'another application')
  held.open()
  await turn
  t.equal(waitedFor(writer(running, 'x', 'p')), undefined, 'all have gone')
})

t.test('who fails leaves its place', async (t) => {
  const running = {} as Running
  const failed = inTurn(running, [item('x')], async () => {
    throw new Error('no')
  })
  await t.rejects(failed, /no/)
  t.equal(await inTurn(running, [item('x')], async () => 7), 7)
  t.equal(waitedFor(writer(running, 'x')), undefined)
})
