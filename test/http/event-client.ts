/** A client of server-sent events over a real socket: what came, block by block, and waiting for more. */
import { setTimeout as pause } from 'node:timers/promises'

export interface Came {
  readonly id: string
  readonly event: string
  readonly data: { readonly _id: string; readonly item?: Readonly<Record<string, unknown>> }
}

export interface EventClient {
  readonly status: number
  readonly headers: Headers
  readonly came: Came[]
  /** ids of blocks without data too */
  readonly lastId: () => string
  /** resolves when so many came, in all; rejects after `patience` */
  readonly until: (count: number, patience?: number) => Promise<readonly Came[]>
  /** the server has ended it */
  readonly ended: Promise<void>
  readonly close: () => void
  /** its first block has come */
  readonly begun: () => Promise<void>
}

const PATIENCE = 8000

export async function listen(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<EventClient> {
  const control = new AbortController()
  const answer = await fetch(url, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: control.signal,
  })
  const came: Came[] = []
  let last = ''
  let more = (): void => undefined
  const take = (block: string): void => {
    const fields = block
      .split('\n')
      .flatMap((line) => /^(id|event|data): (.*)$/.exec(line)?.slice(1, 3) ?? [])
    const of = (name: string): string => fields[fields.indexOf(name) + 1] ?? ''
    if (fields.includes('id')) last = of('id')
    if (fields.includes('data')) {
      came.push({ id: of('id'), event: of('event'), data: JSON.parse(of('data')) as Came['data'] })
    }
    more()
  }
  const read = async (): Promise<void> => {
    const text = new TextDecoder()
    let rest = ''
    for await (const chunk of answer.body ?? []) {
      rest += text.decode(chunk as Uint8Array, { stream: true })
      const blocks = rest.split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) take(block)
    }
  }
  return {
    status: answer.status,
    headers: answer.headers,
    came,
    lastId: () => last,
    ended: answer.status === 200 ? read().catch(() => undefined) : Promise.resolve(),
    async until(count, patience = PATIENCE) {
      const end = AbortSignal.timeout(patience)
      while (came.length < count) {
        if (end.aborted)
          throw new Error(
            `${came.length} of ${count} events: ${came.map(({ event }) => event).join()}`,
          )
        await Promise.race([new Promise<void>((resolve) => (more = resolve)), pause(50)])
      }
      return came
    },
    close: () => control.abort(),
    async begun() {
      const end = AbortSignal.timeout(PATIENCE)
      while (last === '' && !end.aborted) await pause(5)
    },
  }
}

/** `created a`, `deleted a`: what came, in short. */
export const inShort = (came: readonly Came[], field = 'name'): string[] =>
  came.map(({ event, data }) => `${event} ${data.item ? String(data.item[field]) : '-'}`)
