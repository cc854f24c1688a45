/**
 * The yaml store, ended at each step that it makes on its files: by a kill, and by a loss of power. The next
 * start has every commit that was acknowledged, and of the one under way all or nothing. The same for a crash
 * while that start puts the journals into the files. And a disk that is full at each of its writes.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { imageOf, watchSteps } from '../support/disk-steps.ts'
import type { Image, Step } from '../support/disk-steps.ts'
import { BackoError } from '../../src/errors.ts'
import { memoryConnector } from '../../src/connectors/memory/memory-connector.ts'
import { yamlConnector } from '../../src/connectors/yaml/yaml-connector.ts'
import { testSchema } from '../support/storage-schema.ts'
import { memoryFolder } from '../support/temporary-folder.ts'
import { AFTER, BEFORE, LATER, MEANWHILE, batchOf, stateOf, statesOf } from './yaml-work.ts'
import type { Make } from './yaml-work.ts'

interface Crash {
  readonly name: string
  readonly image: Image
  /** commits acknowledged before it, and commits begun */
  readonly acknowledged: number
  readonly begun: number
}

/** Collects what crashes would leave, each once. */
function collector(): {
  readonly crashes: Crash[]
  readonly count: { acknowledged: number; begun: number }
  readonly onStep: (step: Step) => void
  readonly steps: () => number
} {
  const crashes: Crash[] = []
  const seen = new Set<string>()
  const count = { acknowledged: 0, begun: 0 }
  let steps = 0
  return {
    crashes,
    count,
    steps: () => steps,
    onStep: ({ name, images }) => {
      steps += 1
      for (const [kind, image] of images) {
        const hash = createHash('sha256')
          .update(JSON.stringify([count, [...image]]))
          .digest('hex')
        if (seen.has(hash)) continue
        seen.add(hash)
        crashes.push({ name: `${steps} ${name}, ${kind}`, image, ...count })
      }
    },
  }
}

function put(folder: string, image: Image): string {
  const root = mkdtempSync(join(folder, 'crash-'))
  for (const [path, content] of image) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  return root
}

/** The state that a store opened on it has; and, when opened twice, is left with when it is closed. */
async function recovered(folder: string, image: Image, times: number = 2): Promise<string> {
  const root = put(folder, image)
  try {
    const states: string[] = []
    for (let time = 0; time < times; time++) {
      const store = yamlConnector({ path: root })
      await store.open(testSchema())
      states.push(await stateOf(store))
      await store.close()
    }
    const [first = '', second = first] = states
    return first === second ? first : `${first} at first, then ${second}`
  } catch (error) {
    return String(error)
  } finally {
    rmSync(root, { recursive: true })
  }
}

/** Runs all commits on a store; the first flush of a file waits until those of MEANWHILE are made. */
async function run(root: string): Promise<ReturnType<typeof collector>> {
  const collected = collector()
  const { count } = collected
  const store = yamlConnector({ path: root })
  const commitAll = async (makes: readonly Make[]): Promise<void> => {
    for (const make of makes) {
      const batch = await batchOf(store, make)
      count.begun += 1
      await store.commit(batch)
      count.acknowledged += 1
    }
  }
  let reached = (): void => undefined
  const flushing = new Promise<void>((resolve) => (reached = resolve))
  let go = (): void => undefined
  const gone = new Promise<void>((resolve) => (go = resolve))
  const gate = async (name: string): Promise<void> => {
    if (!name.includes('people')) return
    reached()
    await gone
  }
  const stop = watchSteps(root, { onStep: collected.onStep, gate })
  try {
    await store.open(testSchema())
    await commitAll(BEFORE)
    const alive = setInterval(() => undefined, 1000)
    await flushing
    clearInterval(alive)
    await commitAll(MEANWHILE)
    go()
    await commitAll(AFTER)
    await store.close()
  } finally {
    stop()
  }
  return collected
}

t.test('ended at each step of its work', async (t) => {
  const folder = memoryFolder(t)
  const states = await statesOf([...BEFORE, ...MEANWHILE, ...AFTER])
  const { crashes, steps } = await run(join(folder, 'run'))
  const wrong: string[] = []
  for (const [at, { name, image, acknowledged, begun }] of crashes.entries()) {
    const found = await recovered(folder, image, at % 4 === 0 ? 2 : 1)
    if (!states.slice(acknowledged, begun + 1).includes(found))
      wrong.push(`${name}: ${acknowledged} acknowledged: ${found}`)
  }
  t.same(
    wrong.slice(0, 5),
    [],
    `${steps()} steps, ${crashes.length} crashes, ${wrong.length} wrong`,
  )
  t.ok(crashes.length > 300, `${crashes.length} crashes`)

  // the worst places to start from: both journals are in use
  const both = crashes.filter(
    ({ name, image }) =>
      name.endsWith('killed') && JOURNALS.every((path) => image.get(path)?.length),
  )
  t.ok(both.length > 1, 'both journals were in use')
  for (const { image } of [both[0], both.at(-1)].flatMap((one) => one ?? [])) {
    for (const start of [image, exchanged(image)]) {
      const { count, wrong: lost } = await crashesOfRecovery(folder, start)
      t.same(lost.slice(0, 5), [], `${count} crashes of a recovery, ${lost.length} wrong`)
    }
  }
})

const JOURNALS = ['journal-1', 'journal-2'].map((name) => join('.backo', name))

/** Which of the two is the older one is chance. */
function exchanged(image: Image): Image {
  const [one = '', two = ''] = JOURNALS
  const nothing = Buffer.alloc(0)
  return new Map([...image, [one, image.get(two) ?? nothing], [two, image.get(one) ?? nothing]])
}

/** The recovery, and a commit behind it: journals are emptied only later. */
async function crashesOfRecovery(
  folder: string,
  image: Image,
): Promise<{ readonly count: number; readonly wrong: readonly string[] }> {
  const before = await recovered(folder, image)
  const { crashes, count, onStep } = collector()
  const root = put(folder, image)
  const stop = watchSteps(root, { onStep })
  const store = yamlConnector({ path: root })
  await store.open(testSchema())
  count.begun += 1
  await store.commit(await batchOf(store, LATER))
  count.acknowledged += 1
  const after = await stateOf(store)
  await store.close()
  stop()
  const wrong: string[] = []
  const end = { name: 'none', image: imageOf(root), ...count }
  for (const { name, image: left, acknowledged, begun } of [...crashes, end]) {
    const found = await recovered(folder, left)
    if (![before, after].slice(acknowledged, begun + 1).includes(found))
      wrong.push(`${name}: ${acknowledged} acknowledged: ${found}`)
  }
  return { count: crashes.length, wrong }
}

/** Runs all commits while the disk is full at one write; those that were refused are left out of what is expected. */
async function runFull(folder: string, at: number): Promise<string | null> {
  const root = mkdtempSync(join(folder, 'full-'))
  const store = yamlConnector({ path: root })
  const memory = memoryConnector()
  await memory.open(testSchema())
  await store.open(testSchema())
  let writes = 0
  const stop = watchSteps(root, { isFull: () => writes++ === at })
  for (const make of [...BEFORE, ...MEANWHILE, ...AFTER]) {
    const batch = await batchOf(store, make).catch(() => null)
    // it builds on one that was refused
    if (batch === null) continue
    const refused = await store.commit(batch).then(
      () => false,
      (error: unknown) => error instanceof BackoError && error.status === 507,
    )
    if (!refused) await memory.commit(await batchOf(memory, make))
  }
  const expected = await stateOf(memory)
  const served = await stateOf(store)
  await store.close()
  stop()
  if (writes <= at) return null
  const found = await recovered(folder, imageOf(root))
  if (served !== expected) return `write ${at}: ${served} is served in place of ${expected}`
  return found === expected ? '' : `write ${at}: ${found} is kept in place of ${expected}`
}

t.test('a disk that is full at each of its writes', async (t) => {
  const folder = memoryFolder(t)
  const wrong: string[] = []
  let at = 0
  for (let found = await runFull(folder, at); found !== null; found = await runFull(folder, ++at))
    if (found !== '') wrong.push(found)
  t.same(wrong.slice(0, 5), [], `${at} writes, ${wrong.length} wrong`)
  t.ok(at > 15, `${at} writes`)
})
