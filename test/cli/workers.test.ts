/** `serve --workers` in the real program: who serves, what dies, and how all end. */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { spawnBacko } from '../support/spawn-backo.ts'

const yaml = (storage: string): string => `
backo: 1
name: myApp
storage: { default: ${storage} }
collections:
  users: { fields: { name: { type: String, unique: true } } }
`

const children = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)

const create = async (url: string, name: string): Promise<number> => {
  const headers = { 'content-type': 'application/json', connection: 'close' }
  const body = JSON.stringify({ name })
  return (await fetch(`${url}/users`, { method: 'POST', headers, body })).status
}

const skip = process.platform === 'linux' ? false : 'processes are looked at in /proc'

t.test('two serve one file; one that is killed is started anew', { skip }, async (t) => {
  const cwd = t.testdir({ 'backo.yaml': yaml('{ type: sqlite, path: ./my.db }') })
  const backo = await spawnBacko('backo.yaml', { cwd, args: ['--workers', '2'] })
  t.teardown(() => backo.stop('SIGKILL'))
  const pid = backo.child.pid ?? 0
  while (!/2 workers serve/.test(backo.said())) await sleep(20)
  const all = Array.from({ length: 40 }, (_, index) => create(backo.url, `user ${index % 20}`))
  const statuses = await Promise.all(all)
  t.equal(statuses.filter((status) => status === 201).length, 20, 'each name once')
  t.equal(statuses.filter((status) => status === 409).length, 20, 'and refused the other time')
  t.equal(backo.said().split('is served at').length, 2, 'told once')
  const [victim = 0] = children(pid)
  process.kill(victim, 'SIGKILL')
  while (!/has died \(SIGKILL\)/.test(backo.said())) await sleep(20)
  while (children(pid).length < 2 || children(pid).includes(victim)) await sleep(20)
  t.equal(await create(backo.url, 'later'), 201)
  t.equal(await backo.stop('SIGTERM'), 0, 'all end in order')
  await t.rejects(fetch(backo.url), 'and nobody serves any more')
})

t.test('what can not be shared is refused, once', async (t) => {
  const cases = [
    ['{ type: yaml, path: ./items }', 'yaml'],
    ['{ type: memory }', 'memory'],
    ["{ type: sqlite, path: ':memory:' }", 'sqlite in :memory:'],
  ] as const
  for (const [storage, what] of cases) {
    const cwd = t.testdir({ 'backo.yaml': yaml(storage) })
    const starting = spawnBacko('backo.yaml', { cwd, args: ['--workers', '2'] })
    const said = await starting.then(
      () => '',
      (error: unknown) => String(error),
    )
    t.match(said, `storage default (${what}) is kept by one process alone`)
    t.equal(said.split('kept by one process').length, 2)
  }
})

t.test('a wrong number', async (t) => {
  const cwd = t.testdir({ 'backo.yaml': yaml('{ type: memory }') })
  for (const count of ['0', '-1', 'two', '1.5', '1000'])
    await t.rejects(spawnBacko('backo.yaml', { cwd, args: ['--workers', count] }), /from 1 to 128/)
})
