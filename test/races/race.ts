/**
 * A race: what many clients do at once, and what must hold afterwards whoever came first. A row of a table;
 * how it is run (in one process or several, on which store) is the runner's matter.
 */
import type { Given } from '../operations/world.ts'

export interface Reply {
  readonly status: number
  readonly body: Given
  readonly etag: string | undefined
}

/** `POST /people`: the path is within the application. */
export type Send = (
  send: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Reply>

/** One of those who race, at its next act. */
export interface Client {
  readonly i: number
  readonly round: number
  /** another name at every act of every client */
  readonly own: string
  readonly send: Send
  /** whole, from 0, under the limit; the same in every run */
  readonly below: (limit: number) => number
  readonly pick: <T>(from: readonly T[]) => T
}

export interface Told {
  readonly send: string
  readonly sent: Given
  readonly reply: Reply
}

export interface Outcome {
  /** every request of the race, in the order of the answers */
  readonly told: readonly Told[]
  /** those that were kept */
  readonly kept: readonly Told[]
  readonly send: Send
  /** all items of a collection */
  readonly all: (collection: string) => Promise<readonly Given[]>
}

export interface Race {
  readonly name: string
  /** `collections: ...`; hooks are those of hooks.ts */
  readonly yaml: string
  /** default 20 */
  readonly clients?: number
  /** much like another: left out on most stores, unless a heavier run is asked for */
  readonly variant?: boolean
  /** acts of each client, one after the other; default 3, or 2 where a run is dear */
  readonly rounds?: number
  /** they are never made more */
  readonly fixed?: true
  readonly seed?: (send: Send) => Promise<unknown>
  readonly act: (client: Client) => Promise<unknown>
  /** beside 2xx; default 400, 404, 409, 412 */
  readonly statuses?: readonly number[]
  /** requests that may be given up with 409 though nothing stood against them but haste; default 0 */
  readonly lost?: (count: number) => number
  /** what is wrong, beside what is wrong with any model */
  readonly after?: (outcome: Outcome) => Promise<readonly string[]> | readonly string[]
}

export const range = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => i)

/** Sends it, and expects that it is kept. */
export async function made(send: Send, what: string, body: unknown): Promise<Given> {
  const reply = await send(what, body)
  if (reply.status >= 300) throw new Error(`${what}: ${reply.status} ${JSON.stringify(reply.body)}`)
  return reply.body
}

/** `$.n: 3 is not 4`, or nothing. */
export const same = (what: string, found: unknown, expected: unknown): string[] => {
  const [one, two] = [JSON.stringify(found), JSON.stringify(expected)]
  return one === two ? [] : [`${what}: ${one} is not ${two}`]
}
