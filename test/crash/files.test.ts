/**
 * Files through the real server: killed under load no acknowledged one is lost and no item names one that is not
 * there; a client that goes away, and a disk that is full, leave nothing behind.
 */
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import t from 'tap'
import { FILES, form } from '../http/forms.ts'
import { isHad, testReplicaSet } from '../support/mongod.ts'
import { smallDisk } from '../support/small-disk.ts'
import { spawnBacko } from '../support/spawn-backo.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

function application(folder: string, storage: object): string {
  const path = join(folder, 'backo.yaml')
  const quiet = 'server: { log: { level: info } }\n'
  writeFileSync(path, `${FILES}${quiet}storage: { default: ${JSON.stringify(storage)} }\n`)
  return path
}

const upload = async (url: string, content: Buffer, to = 'docs'): Promise<Response | null> => {
  const { payload, headers } = form([{ name: '$.f', filename: 'a.bin', content }])
  const method = to === 'docs' ? 'POST' : 'PUT'
  return fetch(`${url}/${to}`, { method, headers, body: new Uint8Array(payload) }).catch(() => null)
}

const sha = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex')

interface Shown {
  readonly _id: string
  readonly f: { readonly sha256: string } | null
}

async function contentsIn(url: string): Promise<ReadonlyMap<string, string>> {
  const answer = await fetch(`${url}/docs?_page=1000`)
  t.equal(answer.status, 200, 'the next request of the connection is answered')
  const { result } = (await answer.json()) as { readonly result: readonly Shown[] }
  const found = new Map<string, string>()
  for (const { _id, f } of result) {
    const content = await fetch(`${url}/docs/${_id}/f`)
    const is = content.ok ? sha(Buffer.from(await content.arrayBuffer())) : String(content.status)
    t.equal(is, f?.sha256, 'an item has the content that it shows')
    found.set(_id, is)
  }
  return found
}

const filesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
        entry.isFile() ? entry.name : [],
      )
    : []

// a server is started for each round, on whatever machine this is
t.setTimeout(300_000)

const mongod = await testReplicaSet()
if (isHad(mongod)) t.teardown(() => mongod.stop())

for (const type of ['sqlite', 'yaml', 'mongodb'] as const)
  t.test(`killed while files come: ${type}`, async (t) => {
    const folder = temporaryFolder(t)
    if (type === 'mongodb' && !isHad(mongod)) {
      t.pass('SKIPPED, NO MONGODB', { skip: mongod.why })
      return
    }
    const storage =
      type === 'mongodb' && isHad(mongod)
        ? { type, url: mongod.url, database: mongod.database() }
        : { type, path: join(folder, 'data') }
    const yaml = application(folder, storage)
    const acknowledged = new Map<string, string>()
    let server = await spawnBacko(yaml)
    t.teardown(() => server.stop('SIGKILL'))
    let left = 7
    const client = async (): Promise<void> => {
      let last: string | null = null
      for (;;) {
        const content = randomBytes(20_000 + Math.floor(Math.random() * 80_000))
        // an item of one's own gets another content half of the time
        const id: string | null = Math.random() < 0.5 ? last : null
        if (id !== null) acknowledged.delete(id)
        const answer = await upload(server.url, content, id === null ? 'docs' : `docs/${id}`)
        const made = (await answer?.json().catch(() => null)) as Shown | null
        if (!answer?.ok || !made) return
        acknowledged.set(made._id, sha(content))
        last = made._id
        if (--left <= 0) server.child.kill('SIGKILL')
      }
    }
    await Promise.all([1, 2, 3, 4].map(client))
    await server.ended
    server = await spawnBacko(yaml)
    const found = await contentsIn(server.url)
    for (const [id, content] of acknowledged) t.equal(found.get(id), content, `item ${id}`)
    t.equal(await server.stop(), 0)
    t.ok(acknowledged.size > 0, `${acknowledged.size} files were acknowledged`)
  })

t.test('a client that goes away', async (t) => {
  const folder = temporaryFolder(t)
  const server = await spawnBacko(
    application(folder, { type: 'sqlite', path: join(folder, 'a.db') }),
  )
  t.teardown(() => server.stop('SIGKILL'))
  const { payload, headers } = form([
    { name: '$.f', filename: 'a.bin', content: randomBytes(2_000_000) },
  ])
  for (const keep of [1_500_000, 150]) {
    const sent = request(`${server.url}/docs`, {
      method: 'POST',
      headers: { ...headers, 'content-length': payload.length },
    })
    const failed = new Promise((resolve) => sent.on('error', resolve))
    await new Promise((resolve) => sent.write(payload.subarray(0, keep), resolve))
    sent.destroy()
    await failed
  }
  const deadline = Date.now() + 10_000
  while (filesIn(join(folder, 'a.db.files')).length > 0 && Date.now() < deadline)
    await fetch(`${server.url}/docs`)
  t.strictSame(filesIn(join(folder, 'a.db.files')), [], 'nothing is left of what it sent')
  t.equal(((await (await fetch(`${server.url}/docs`)).json()) as { total: number }).total, 0)
  t.notMatch(server.said(), /"level":"error"/, 'it is no fault of ours')
  t.equal(await server.stop(), 0)
})

for (const type of ['sqlite', 'yaml'] as const)
  t.test(`a full disk: ${type}`, async (t) => {
    const disk = smallDisk(8192, 4096)
    if (!isHad(disk)) {
      t.pass('SKIPPED, NO SMALL DISK', { skip: disk.why })
      return
    }
    t.teardown(disk.unmount)
    const data = join(disk.path, 'data')
    const server = await spawnBacko(application(temporaryFolder(t), { type, path: data }))
    t.teardown(() => server.stop('SIGKILL'))
    const folder = type === 'sqlite' ? `${data}.files` : join(data, '_files')
    const large = randomBytes(5_000_000)
    t.equal((await upload(server.url, Buffer.from('small')))?.status, 201)
    t.equal((await upload(server.url, large))?.status, 507)
    t.equal(filesIn(folder).length, 1, 'nothing is left of it')
    disk.makeRoom()
    t.equal((await upload(server.url, large))?.status, 201, 'as soon as there is room')
    t.equal((await contentsIn(server.url)).size, 2)
    t.equal(await server.stop(), 0)
  })
