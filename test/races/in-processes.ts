/** Runs races against real processes, `backo serve`, that share one store: half of the clients talk to each. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadModel } from '../../src/load-model.ts'
import { spawnBacko } from '../support/spawn-backo.ts'
import { chosen } from './in-process.ts'
import type { Race, Send } from './race.ts'
import { runRace } from './run-race.ts'

/** The races must not share a collection: all are served by the same processes. */
export async function racesAcross(
  name: string,
  races: readonly Race[],
  storageIn: (directory: string) => object,
): Promise<void> {
  await t.test(`${name}, from two processes`, async (t) => {
    const directory = t.testdir({})
    const file = join(directory, 'backo.yaml')
    writeFileSync(file, textOf(races, storageIn(directory)))
    const { model, findings } = await loadModel(file)
    if (!model) throw new Error(findings.map(({ message }) => message).join('\n'))
    const first = await spawnBacko(file)
    t.teardown(() => first.stop())
    const second = await spawnBacko(file)
    t.teardown(() => second.stop())
    const senders = [first, second].map(({ url }) => sender(url))
    const sendOf = (i: number): Send => senders[i % 2] ?? sender(first.url)
    for (const race of chosen(races)) {
      const { faults, summary } = await runRace(race, {
        backoffice: model.backoffice,
        sendOf,
        rounds: 1,
      })
      t.comment(`${race.name}: ${summary}`)
      t.same(faults, [], race.name)
    }
  })
}

function textOf(races: readonly Race[], storage: object): string {
  const head = [
    'backo: 1',
    'name: app',
    `storage: ${JSON.stringify({ default: storage })}`,
    `hooks: ${JSON.stringify(join(import.meta.dirname, 'hooks.js'))}`,
    'server: { log: { level: error, loggers: { backoffice: info } } }',
    'collections:',
  ]
  return [...head, ...races.map(({ yaml }) => yaml.replace(/^\s*collections:\n/, ''))].join('\n')
}

const sender =
  (url: string): Send =>
  async (what, body, headers = {}) => {
    const [method = '', path = ''] = what.split(' ')
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return {
      status: answer.status,
      body: text === '' ? undefined : JSON.parse(text),
      etag: answer.headers.get('etag') ?? undefined,
    }
  }
