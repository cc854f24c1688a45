/**
 * Figures of `serve --workers`: the worker that is asked for them asks the one who minds it, who asks all. Knows
 * neither what they are, nor an application.
 */
import cluster from 'node:cluster'
import type { Worker } from 'node:cluster'
import type { Crew } from '../http/metrics/metrics.ts'

/** Milliseconds that a worker is waited for: one that is busy for longer is left out. */
const PATIENCE = 2000

type Message =
  /** worker: tell me those of all */
  | { readonly figures: 'ask'; readonly id: number }
  /** to each worker: what are yours? */
  | { readonly figures: 'give'; readonly id: number }
  | { readonly figures: 'given'; readonly id: number; readonly own: object }
  | { readonly figures: 'all'; readonly id: number; readonly all: readonly object[] }

/** Who answers when an id comes back, for as long as it is waited for. */
type Waiting<T> = Map<number, (answer: T) => void>

/** In a worker; undefined in any other process. */
export function crewOfWorker(): Crew | undefined {
  if (!cluster.isWorker) return undefined
  const waiting: Waiting<readonly object[]> = new Map()
  let own: (() => Promise<object>) | undefined
  let last = 0
  const send = (message: Message): void => {
    if (process.connected) process.send?.(message)
  }
  process.on('message', (message: unknown) => {
    if (!isMessage(message)) return
    const { id } = message
    if (message.figures === 'all') waiting.get(id)?.(message.all)
    else if (message.figures === 'give') {
      // what can't be had now is left out there, by its time
      void own?.().then(
        (mine) => send({ figures: 'given', id, own: mine }),
        () => undefined,
      )
    }
  })
  return {
    tell: (give) => {
      own = give
    },
    figures: async () => {
      const id = ++last
      const all = await answered(waiting, { id, ms: 2 * PATIENCE }, () =>
        send({ figures: 'ask', id }),
      )
      return all ?? (own ? [await own()] : [])
    },
  }
}

/** In the process that minds them. */
export function relayFigures(): void {
  const waiting: Waiting<object> = new Map()
  let last = 0
  const own = async (worker: Worker): Promise<object | undefined> => {
    const id = ++last
    return answered(waiting, { id, ms: PATIENCE }, () => {
      if (worker.isConnected()) worker.send({ figures: 'give', id } satisfies Message)
    })
  }
  cluster.on('message', (worker, message: unknown) => {
    if (!isMessage(message)) return
    if (message.figures === 'given') waiting.get(message.id)?.(message.own)
    if (message.figures !== 'ask') return
    const { id } = message
    const workers = Object.values(cluster.workers ?? {}).flatMap((each) => each ?? [])
    void Promise.all(workers.map(own)).then((given) => {
      const all = given.filter((figures) => figures !== undefined)
      if (worker.isConnected()) worker.send({ figures: 'all', id, all } satisfies Message)
    })
  })
}

interface Asked {
  readonly id: number
  readonly ms: number
}

/** undefined when no answer came in time */
function answered<T>(
  waiting: Waiting<T>,
  { id, ms }: Asked,
  ask: () => void,
): Promise<T | undefined> {
  return new Promise((resolve) => {
    const end = (answer?: T): void => {
      clearTimeout(timer)
      waiting.delete(id)
      resolve(answer)
    }
    const timer = setTimeout(end, ms)
    waiting.set(id, end)
    ask()
  })
}

const isMessage = (message: unknown): message is Message =>
  typeof message === 'object' && message !== null && 'figures' in message && 'id' in message
