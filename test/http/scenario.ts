/**
 * A scenario: a backo.yaml and requests in order, a row each, run on every embedded store. What a row's
 * answer holds can be named in later rows: `{jane}` is the `_id` of the item that was kept as `jane`,
 * `{jane.etag}` its ETag; of a list kept as `page`, `{page.next}` is the cursor `_next`.
 */
import { join } from 'node:path'
import t from 'tap'
import type * as Tap from 'tap'
import type { App } from '../../src/app.ts'
import { createApp } from '../../src/app.ts'
import { isHad, testReplicaSet } from '../support/mongod.ts'
import { differs } from './partial.ts'

export interface Row {
  /** `GET /app/users?name=x`; a body makes it JSON unless `headers` say otherwise */
  readonly send: string
  readonly body?: unknown
  /** the body as it is, for what is no JSON */
  readonly raw?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly status: number
  /** of the answer's body, see partial.ts */
  readonly expect?: unknown
  /** headers of the answer, by the same rules */
  readonly sent?: unknown
  /** a list's results, by this field: must be exactly these */
  readonly names?: readonly unknown[]
  readonly keep?: string
  /** why the row is there, where the request does not say it */
  readonly why?: string
  /** close and open again on the same data before this row; left out on memory */
  readonly restart?: boolean
}

export interface Scenario {
  readonly yaml: string
  readonly rows: readonly Row[]
  readonly stores?: readonly Store[]
}

export type Store = 'sqlite' | 'yaml' | 'memory' | 'mongodb'
export const STORES: readonly Store[] = ['sqlite', 'yaml', 'memory', 'mongodb']

/** Runs the rows on each store; a row that fails does not stop the others. */
export function scenario(name: string, { yaml, rows, stores = STORES }: Scenario): void {
  for (const store of stores) {
    void t.test(`${name} on ${store}`, async (t) => {
      const directory = t.testdir({})
      const storage = await storageFor(store, directory)
      if (typeof storage !== 'string') {
        t.pass('SKIPPED, NO MONGODB', { skip: storage.why })
        return
      }
      const text = `${yaml}\nstorage: { default: ${storage} }\n`
      const open = (): Promise<App> =>
        createApp({ text, directory }, { logStream: { write: () => undefined } })
      let app = await open()
      t.teardown(() => app.close())
      const kept = new Map<string, string>()
      for (const row of rows) {
        if (row.restart === true && store !== 'memory') {
          await app.close()
          app = await open()
        }
        const { fault, told } = await run(app, row, kept)
        if (fault === undefined) t.pass(row.why ?? row.send)
        else t.fail(`${row.send}${row.why === undefined ? '' : ` (${row.why})`}`, { fault, told })
      }
    })
  }
}

export interface OnStore {
  readonly app: App
  readonly store: Store
  readonly directory: string
  readonly storage: string
}

/** For what rows can't say: the same work on each store, on an application of its own. */
export function onEachStore(
  name: string,
  yaml: string,
  work: (t: Tap.Test, on: OnStore) => Promise<void>,
): void {
  for (const store of STORES) {
    void t.test(`${name} on ${store}`, async (t) => {
      const directory = t.testdir({})
      const storage = store === 'mongodb' ? await mongodbStorage() : storageOf(store, directory)
      if (typeof storage !== 'string') {
        t.pass('SKIPPED, NO MONGODB', { skip: storage.why })
        return
      }
      const text = `${yaml}\nstorage: { default: ${storage} }\n`
      const app = await createApp({ text, directory }, { logStream: { write: () => undefined } })
      t.teardown(() => app.close())
      await work(t, { app, store, directory, storage })
    })
  }
}

/** The text of a storage of its own; or why there is none. */
export const storageFor = async (
  store: Store,
  directory: string,
): Promise<string | { readonly why: string }> =>
  store === 'mongodb' ? mongodbStorage() : storageOf(store, directory)

let server: ReturnType<typeof testReplicaSet> | undefined

/** One server for the scenarios of a file, a database for each. */
async function mongodbStorage(): Promise<string | { readonly why: string }> {
  if (server === undefined) {
    server = testReplicaSet()
    t.teardown(async () => {
      const found = await server
      if (found !== undefined && isHad(found)) await found.stop()
    })
  }
  const found = await server
  if (!isHad(found)) return found
  return JSON.stringify({ type: 'mongodb', url: found.url, database: found.database() })
}

const storageOf = (store: Exclude<Store, 'mongodb'>, directory: string): string => {
  switch (store) {
    case 'sqlite':
      return JSON.stringify({ type: 'sqlite', path: join(directory, 'test.db') })
    case 'yaml':
      return JSON.stringify({ type: 'yaml', path: join(directory, 'items') })
    case 'memory':
      return '{ type: memory }'
  }
}

interface Outcome {
  readonly fault: string | undefined
  readonly told: string
}

async function run(app: App, row: Row, kept: Map<string, string>): Promise<Outcome> {
  const fill = (text: string): string =>
    text.replaceAll(
      /\{([a-z]\w*(?:\.(?:etag|next))?)\}/g,
      (all, name: string) => kept.get(name) ?? all,
    )
  const filled = (value: unknown): unknown =>
    typeof value === 'string' ? fill(value) : mapped(value, filled)
  const [method = 'GET', ...rest] = fill(row.send).split(' ')
  const payload = row.raw ?? (row.body === undefined ? undefined : JSON.stringify(filled(row.body)))
  const headers: Record<string, string> =
    payload === undefined ? {} : { 'content-type': 'application/json' }
  for (const [key, value] of Object.entries(row.headers ?? {})) headers[key] = fill(value)
  const answer = await app.inject({
    method: method as 'GET',
    url: rest.join(' '),
    headers,
    ...(payload === undefined ? {} : { payload }),
  })
  const body: unknown = answer.body === '' ? undefined : JSON.parse(answer.body)
  if (row.keep !== undefined && typeof body === 'object' && body !== null) {
    if ('_id' in body) kept.set(row.keep, String(body._id))
    if ('_next' in body) kept.set(`${row.keep}.next`, String(body._next))
    kept.set(`${row.keep}.etag`, String(answer.headers['etag']))
  }
  const fault =
    differs(answer.statusCode, row.status, 'status') ??
    ('expect' in row ? differs(body, filled(row.expect)) : undefined) ??
    (row.names ? differs(namesIn(body), filled(row.names), 'names') : undefined) ??
    (row.sent === undefined ? undefined : differs(answer.headers, filled(row.sent), 'headers'))
  return { fault, told: answer.body.slice(0, 2000) }
}

/** Lists and plain objects with each value changed; the rest (patterns, functions) as it is. */
function mapped(value: unknown, change: (each: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(change)
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, change(each)]))
}

/** What tells the items of a list apart: `name`, else `_id`. */
function namesIn(body: unknown): unknown {
  if (
    typeof body !== 'object' ||
    body === null ||
    !('result' in body) ||
    !Array.isArray(body.result)
  )
    return body
  return body.result.map((item: Record<string, unknown>) => item['name'] ?? item['_id'])
}
