/** `serve --watch` by the real program: what is edited is served, what is broken is not. */
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { main } from '../../src/cli/main.ts'
import { spawnBacko, type Spawned } from '../support/spawn-backo.ts'
import { fakeTerminal } from './fake-terminal.ts'

const FIELDS = 'name: String'
const yaml = (fields = FIELDS, more = ''): string => `
backo: 1
name: myApp
include: [./more/*.yaml]
hooks: ./hooks.ts
server: { hook_timeout: 5s }
storage:
  default: { type: sqlite, path: ./data/a.db }
  texts: { type: yaml, path: ./data/items }
  short: { type: memory }
collections:
  users:
    description: \${WHO:-nobody}
    fields: { ${fields} }
    actions: { hi: { hook: hi } }
  notes: { storage: texts, fields: { ${fields} } }
  hits: { storage: short, fields: { ${fields} } }
${more}`

const HOOKS = `
import { word } from './lib/word.js'
export const hi = () => ({ word })`

interface Watched {
  readonly served: Spawned
  readonly folder: string
  readonly write: (name: string, text: string) => void
  /** what it says from now on, as soon as it matches */
  readonly next: (pattern: RegExp) => Promise<string>
  /** the same, after something was done */
  readonly after: (pattern: RegExp, act: () => void) => Promise<string>
}

async function watched(t: Test, args: readonly string[] = ['--watch']): Promise<Watched> {
  const folder = t.testdir({
    'backo.yaml': yaml(),
    'hooks.ts': HOOKS,
    lib: { 'word.ts': "export const word = 'one'" },
    more: { 'a.yaml': 'collections: { a: { fields: { x: Int } } }' },
  })
  const served = await spawnBacko(join(folder, 'backo.yaml'), { args })
  t.teardown(() => served.stop())
  const next = (pattern: RegExp): Promise<string> => {
    const from = served.said().length
    return new Promise((resolve) => {
      const look = (): void => {
        const found = pattern.exec(served.said().slice(from))
        if (!found) return
        served.child.stderr?.off('data', look)
        resolve(found[0])
      }
      served.child.stderr?.on('data', look)
    })
  }
  return {
    served,
    folder,
    write: (name, content) => writeFileSync(join(folder, name), content),
    next,
    after: (pattern, act) => {
      const said = next(pattern)
      act()
      return said
    },
  }
}

const RELOADED = /\{[^\n]*"config":"(\w+)","msg":"reloaded"\}\n/
const hashIn = (line: string): string => RELOADED.exec(line)?.[1] ?? 'no hash'

async function get(url: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await fetch(url)
  return { status: answer.status, body: await answer.json() }
}

async function post(url: string, body: unknown): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Record<string, unknown>
}

t.test('whatever it is made of may change', async (t) => {
  const { served, folder, write, after } = await watched(t)
  const { url } = served
  const ready = new URL('/_health/ready', url).href
  const ids = new Map<string, unknown>()
  for (const coll of ['users', 'notes', 'hits'])
    ids.set(coll, (await post(`${url}/${coll}`, { name: 'n' }))['_id'])

  const line = await after(RELOADED, () => write('backo.yaml', yaml('name: String, age: Int')))
  t.match(await get(ready), { body: { config: hashIn(line) } }, 'the hash is the same in both')
  for (const [coll, id] of ids)
    t.match(await get(`${url}/${coll}/${String(id)}`), { body: { name: 'n', age: null } }, coll)

  const hi = (): Promise<unknown> =>
    post(`${url}/users/_actions/hi/${String(ids.get('users'))}`, {})
  t.match(await hi(), { word: 'one' })
  await after(RELOADED, () => write('lib/word.ts', "export const word = 'two'"))
  t.match(await hi(), { word: 'two' }, 'a module that a hook imports')

  await after(RELOADED, () => write('more/b.yaml', 'collections: { b: { fields: { x: Int } } }'))
  t.match(await get(`${url}/b`), { status: 200 }, 'a file that matches include')
  await after(RELOADED, () => rmSync(join(folder, 'more/b.yaml')))
  t.match(await get(`${url}/b`), { status: 404 }, 'it has gone')

  await after(RELOADED, () => write('.env', 'WHO=somebody'))
  t.match(await post(`${url}/users/_meta`, {}), { description: 'somebody' }, '.env')

  const broken = await after(/\n.*"not reloaded[^\n]*\n/, () =>
    write('backo.yaml', yaml('name: Strng')),
  )
  t.match(broken, hashIn(line) === '' ? '' : /"level":"error"/)
  t.match(
    served.said(),
    /error {2}unknown type Strng.*\n.*\n.*\^~~~~\n {4}hint: Did you mean "String"/,
  )
  t.match(await get(`${url}/users`), { status: 200, body: { total: 1 } }, 'served on')

  await after(/there is no file/, () => rmSync(join(folder, 'backo.yaml')))
  t.match(await get(`${url}/users`), { status: 200, body: { total: 1 } }, 'without its file')
  await after(RELOADED, () => {
    write('backo.yaml~', yaml('name: String, size: Int'))
    renameSync(join(folder, 'backo.yaml~'), join(folder, 'backo.yaml'))
  })
  t.match(await get(`${url}/users`), { body: { result: [{ size: null }] } }, 'as editors save')

  await after(/restart needed: a change of server.port/, () =>
    write('backo.yaml', yaml().replace('hook_timeout: 5s', 'port: 1')),
  )
  await after(/storage short is closed/, () =>
    write(
      'backo.yaml',
      yaml().replace('short: { type: memory }', 'short: { type: yaml, path: ./data/hits }'),
    ),
  )
  t.match(await get(`${url}/hits`), { status: 200, body: { total: 0 } }, 'another store')
  t.equal(await served.stop(), 0)
})

t.test('fifty quick edits: the last one is served', async (t) => {
  const { served, write, next } = await watched(t)
  const last = next(RELOADED)
  for (let n = 1; n <= 50; n++) {
    write('backo.yaml', yaml(`name: String, f${n}: Int`))
    await new Promise((resolve) => setTimeout(resolve, n % 7))
  }
  await last
  const shown = async (): Promise<string> => JSON.stringify((await get(`${served.url}/_meta`)).body)
  for (let more = next(RELOADED); !(await shown()).includes('"f50"'); more = next(RELOADED))
    await more
  t.notMatch(await shown(), /"f49"/)
})

t.test('no request fails while twenty reloads go by', async (t) => {
  const { served, write, after } = await watched(t)
  let running = true
  let count = 0
  const failures: unknown[] = []
  const client = async (coll: string): Promise<void> => {
    while (running) {
      try {
        const { _id } = await post(`${served.url}/${coll}`, { name: 'x' })
        const answer = await get(`${served.url}/${coll}/${String(_id)}`)
        if (answer.status !== 200) failures.push(answer)
        count++
        // the two cores are for the server too
        await new Promise((resolve) => setTimeout(resolve, 10))
      } catch (error) {
        failures.push(String(error))
      }
    }
  }
  const clients = ['users', 'notes', 'hits'].map(client)
  for (let n = 1; n <= 20; n++) {
    const fields = n % 2 === 0 ? 'name: String' : `name: String, f${n}: { type: Int, index: true }`
    await after(RELOADED, () => write('backo.yaml', yaml(fields, `x-n: ${n}`)))
  }
  running = false
  await Promise.all(clients)
  t.same(failures, [])
  t.ok(count >= 20, `${count} rounds`)
})

t.test('SIGHUP reloads without --watch too, but for the stores', async (t) => {
  const { served, write, after } = await watched(t, [])
  write('backo.yaml', yaml().replace('description:', 'can_read: false\n    description:'))
  t.match(await get(`${served.url}/users`), { status: 200 }, 'nobody has asked for it yet')
  await after(RELOADED, () => served.child.kill('SIGHUP'))
  t.match(await get(`${served.url}/users`), { status: 401 })
  write('backo.yaml', yaml('name: String, age: Int'))
  const said = await after(/[^]*"not reloaded[^\n]*\n/, () => served.child.kill('SIGHUP'))
  t.match(said, /what is stored, or where, has changed: that takes a restart/)
  t.match(await get(`${served.url}/users`), { status: 401 }, 'as before')
  t.equal(await served.stop(), 0)
})

t.test('not with workers', async (t) => {
  const fake = fakeTerminal({ cwd: t.testdir({ 'backo.yaml': yaml() }) })
  t.equal(await main(['serve', '--watch', '--workers', '2'], fake.terminal), 2)
  t.match(fake.err(), /--watch is for one process/)
})
