/**
 * A disk that is full, through the real server: 507, nothing broken and nothing half there, on again as soon as there
 * is room, and a start that says so when even that needs room.
 */
import { join } from 'node:path'
import t from 'tap'
import { isHad } from '../support/mongod.ts'
import { smallDisk } from '../support/small-disk.ts'
import { spawnBacko } from '../support/spawn-backo.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { writeApplication } from './application.ts'
import { expectDone, send } from './http.ts'
import { readWorld } from './read-world.ts'
import type { World } from './read-world.ts'

const LONG = 'x'.repeat(3000)

interface Filled {
  /** names of books that were acknowledged, in arrays of three */
  readonly acknowledged: readonly string[]
  readonly statuses: ReadonlySet<number>
}

/** Four clients, until one after the other is told that there is no room. `time`: names are new each time. */
async function fill(url: string, author: string, time: string): Promise<Filled> {
  const acknowledged: string[] = []
  const statuses = new Set<number>()
  const client = async (number: number): Promise<void> => {
    for (let at = 0; at < 5000; at++) {
      const names = [0, 1, 2].map((one) => `${time}.${number}.${at}.${one}`)
      const body = names.map((name) => ({ name: `${name} ${LONG}`, author }))
      const status = (await send(url, { method: 'POST', path: '/books', body }))?.status ?? 0
      statuses.add(status)
      if (status !== 201) return
      acknowledged.push(...names)
    }
  }
  await Promise.all([0, 1, 2, 3].map(client))
  return { acknowledged, statuses }
}

const namesOf = ({ state }: World): string[] =>
  [...state.keys()].flatMap((key) => /^books\/(\S*)/.exec(key)?.[1] ?? []).toSorted()

for (const [storage, file] of [
  ['sqlite', 'data.db'],
  ['yaml', 'items'],
] as const)
  t.test(`a full disk under ${storage}`, async (t) => {
    const disk = smallDisk(8192, 6144)
    if (!isHad(disk)) {
      process.stderr.write(`\n*** NO SMALL DISK: a full disk is not tested: ${disk.why}\n\n`)
      t.pass('SKIPPED, NO SMALL DISK', { skip: disk.why })
      return
    }
    t.teardown(disk.unmount)
    const yaml = writeApplication(temporaryFolder(t), {
      type: storage,
      path: join(disk.path, file),
    })
    const first = await spawnBacko(yaml)
    t.teardown(() => first.stop('SIGKILL'))
    const ann = { method: 'POST', path: '/authors', body: { name: 'Ann' } }
    const author = String(Object(await expectDone(first.url, ann))['_id'])
    const acknowledged: string[] = []
    const expectAll = async (url: string, why: string): Promise<void> => {
      const world = await readWorld(url)
      const found = new Set(namesOf(world))
      const lost = acknowledged.filter((name) => !found.has(name))
      t.same(lost, [], `${why}: ${acknowledged.length} acknowledged, ${lost.length} lost`)
      t.equal(found.size, acknowledged.length, `${why}: nothing that was refused is there`)
      t.same(world.sides, [], `${why}: both sides of the links agree`)
    }
    const fillUp = async (time: string): Promise<void> => {
      const filled = await fill(first.url, author, time)
      t.same(
        [...filled.statuses].toSorted((a, b) => a - b),
        [201, 507],
        time,
      )
      acknowledged.push(...filled.acknowledged)
    }

    await fillUp('first')
    t.ok(acknowledged.length > 20)
    const { origin } = new URL(first.url)
    t.equal((await send(origin, { method: 'GET', path: '/_health/live' }))?.status, 200)
    await expectAll(first.url, 'while it is full')

    disk.makeRoom(1536)
    const later = { method: 'POST', path: '/books', body: { name: 'later', author } }
    t.equal((await send(first.url, later))?.status, 201, 'written as soon as there is room')
    acknowledged.push('later')
    await fillUp('again')

    // killed while it is full, and started again: it has all of it, or says why it can't
    await first.stop('SIGKILL')
    const early = await spawnBacko(yaml).catch((error: unknown) => String(error))
    if (typeof early === 'string')
      t.match(early, /ended with 2:[^]*backo: [^\n]*(no space|full)[^]*Make room/)
    else {
      await expectAll(early.url, 'started while it is full')
      t.equal(await early.stop(), 0)
    }

    // all that the journal holds may have to be written as files
    disk.makeRoom()
    const last = await spawnBacko(yaml)
    await expectAll(last.url, 'with room')
    t.equal(await last.stop(), 0)
  })
