/** examples/quickstart, run by the real program: from the checkout, from another folder, after a crash. */
import { execFile } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { ROOT, spawnBacko } from '../support/spawn-backo.ts'

const EXAMPLE = join(ROOT, 'examples', 'quickstart')
type Json = Record<string, unknown>

const post = async (url: string, body: object): Promise<Json> => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: answer.status, ...((await answer.json()) as Json) }
}
const get = async (url: string): Promise<Json> => (await fetch(url)).json() as Promise<Json>

/** A copy to write in, with its storage set. */
function copyOf(folder: string, storage?: string): string {
  cpSync(EXAMPLE, folder, { recursive: true, filter: (path) => !path.includes('data') })
  const file = join(folder, 'backo.yaml')
  if (storage !== undefined) {
    const text = readFileSync(file, 'utf8')
    const changed = text.replace(/default: \{.*\}/, `default: ${storage}`)
    if (changed === text) throw new Error('the example no longer says its storage in one line')
    writeFileSync(file, changed)
  }
  return file
}

for (const [store, storage] of [
  ['sqlite', undefined],
  ['yaml', '{ type: yaml, path: ./data/items }'],
] as const) {
  t.test(`the quick start on ${store}, and kill -9 in between`, async (t) => {
    const folder = t.testdir({})
    copyOf(folder, storage)
    const first = await spawnBacko(undefined, { cwd: folder })
    t.match(first.announced, {
      try: `curl ${first.url}/users`,
      data: [new RegExp(`^${folder}/data/.*${store}`)],
    })
    const moon = await post(`${first.url}/addrs`, { name: 'moon', address: 'far' })
    t.equal(moon['status'], 201)
    const neil = await post(`${first.url}/users`, {
      name: 'neil',
      surname: 'armstrong',
      addr: moon['_id'],
    })
    t.match(neil, { status: 201, male: true, addr: moon['_id'] })
    t.equal(await first.stop('SIGKILL'), 'SIGKILL')

    const second = await spawnBacko(join(folder, 'backo.yaml'), { cwd: '/' })
    t.match(
      await get(`${second.url}/users/${String(neil['_id'])}`),
      { name: 'neil', addr: moon['_id'] },
      'what was answered is kept',
    )
    t.match(
      await get(`${second.url}/addrs/${String(moon['_id'])}`),
      { users: [neil['_id']] },
      'both sides agree',
    )
    t.match(await get(`${second.url}/users?addr.name=moon&name.$re=ei`), { total: 1 })
    t.equal(await second.stop(), 0, 'SIGTERM ends it in order')
  })
}

t.test('a second server on the same data', async (t) => {
  // sqlite takes several processes; a yaml folder takes one
  const folder = t.testdir({})
  const file = copyOf(folder, '{ type: yaml, path: ./data/items }')
  const first = await spawnBacko(file)
  await t.rejects(spawnBacko(file), /ended with 2:[^]*backo: the folder .*items is in use[^]*pid/)
  t.equal(await first.stop('SIGINT'), 0)
  const again = await spawnBacko(file)
  t.equal(await again.stop(), 0, 'a clean end leaves no lock')
})

t.test('requests in flight are finished', async (t) => {
  const folder = t.testdir({})
  const server = await spawnBacko(copyOf(folder))
  const many = Array.from({ length: 500 }, (_, i) => ({ name: `n${i}`, address: 'x' }))
  const answers = Array.from({ length: 5 }, () =>
    fetch(`${server.url}/addrs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify(many),
    }),
  )
  // one answer is there: the others have come, or are on their way
  const done = await Promise.race(answers)
  t.equal(done.status, 201)
  const code = server.stop()
  const settled = await Promise.allSettled(answers)
  t.equal(await code, 0)
  const created = settled.filter(
    (each) => each.status === 'fulfilled' && each.value.status === 201,
  ).length
  const after = await spawnBacko(join(folder, 'backo.yaml'))
  const { total } = await get(`${after.url}/addrs`)
  t.ok(Number(total) >= created * 500, 'nothing acknowledged is missing')
  t.equal(Number(total) % 500, 0, 'all or none')
  await after.stop()
})

t.test('the quick start of README.md, as it stands there', async (t) => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  const yaml = /```yaml\n(# yaml-language-server[^]*?)```/.exec(readme)?.[1] ?? ''
  const script = /```sh\n(API=[^]*?)```/.exec(readme)?.[1] ?? ''
  const folder = t.testdir({ 'backo.yaml': yaml })
  const server = await spawnBacko(undefined, { cwd: folder })
  t.teardown(() => server.stop())
  t.match(script, 'http://127.0.0.1:8080/myApp')
  const here = script.replace('http://127.0.0.1:8080/myApp', server.url)
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', here])
  // a 204 is an empty line
  const answers = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Json)
  t.match(answers, [
    { name: 'neil', male: true },
    { name: 'moon', users: [String] },
    { total: 1, result: [{ name: 'neil' }] },
    { addr: { name: 'moon' } },
    { name: 'Johnny' },
    { name: 'Gilda' },
    { status: 400, errors: [{ path: '$.name' }, { path: '$.age' }, { path: '$.addr' }] },
    { status: 409 },
    { name: 'myApp' },
  ])
  t.equal(answers.length, 9)
})

t.test('histories and deleted items of README.md, as they stand there', async (t) => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  const [, books = '', script = ''] =
    /```yaml\n(books:\n {2}history[^]*?)```\n\n```sh\n([^]*?)```/.exec(readme) ?? []
  const [api = ''] = /^api\(\).*$/m.exec(readme) ?? []
  const folder = t.testdir({
    'backo.yaml': `backo: 1\nname: app\ncollections:\n${books.replaceAll(/^/gm, '  ')}`,
  })
  const server = await spawnBacko(undefined, { cwd: folder })
  t.teardown(() => server.stop())
  const here = `API=${server.url}\n${api}\n${script}`
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', here])
  const answers = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Json)
  t.match(answers, [
    { pages: 612 },
    {
      result: [
        { version: 2, event: 'modified' },
        { version: 1, item: { pages: 61 } },
      ],
      total: 2,
    },
    { pages: 61 },
    { result: [{ title: 'Dune', _deleted: { by: { login: 'ANONYMOUS' } } }], total: 1 },
    { title: 'Dune', pages: 61 },
  ])
  t.equal(answers.length, 5)
})
