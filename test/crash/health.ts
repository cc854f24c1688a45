/** What a server says of its health, asked all the time. */
import { setTimeout as pause } from 'node:timers/promises'
import { send } from './http.ts'

export interface Health {
  /** statuses as they changed; 0: no answer */
  readonly live: readonly number[]
  readonly ready: readonly number[]
}

export interface HealthWatch {
  /** resolves when it says that it is not ready */
  readonly away: Promise<void>
  readonly stop: () => Promise<Health>
}

/** @param url of the application */
export function watchHealth(url: string): HealthWatch {
  const { origin } = new URL(url)
  const watching = { on: true }
  let isAway = (): void => undefined
  const away = new Promise<void>((resolve) => (isAway = resolve))
  const follow = async (path: string): Promise<number[]> => {
    const seen: number[] = []
    for (;;) {
      // one more after the end: it is to be well then
      const last = !watching.on
      const status = (await send(origin, { method: 'GET', path }))?.status ?? 0
      if (seen.at(-1) !== status) seen.push(status)
      if (status === 503) isAway()
      if (last) return seen
      await pause(50)
    }
  }
  const both = Promise.all([follow('/_health/live'), follow('/_health/ready')])
  return {
    away,
    stop: async () => {
      watching.on = false
      const [live, ready] = await both
      return { live, ready }
    },
  }
}
