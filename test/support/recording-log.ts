/** A Log that keeps its lines, and lets a test wait for one instead of sleeping. */
import type { Log } from '../../src/connectors/log.ts'

export interface RecordingLog extends Log {
  readonly lines: readonly string[]
  /** resolves with the first line (from now on, or the ones not yet asked for) that matches */
  next(pattern: RegExp): Promise<string>
}

export function recordingLog(): RecordingLog {
  const lines: string[] = []
  const unseen: string[] = []
  let waiting: { pattern: RegExp; resolve: (line: string) => void }[] = []
  const add = (_: object, message: string): void => {
    lines.push(message)
    const found = waiting.find(({ pattern }) => pattern.test(message))
    if (found === undefined) unseen.push(message)
    else {
      waiting = waiting.filter((one) => one !== found)
      found.resolve(message)
    }
  }
  return {
    lines,
    debug: add,
    info: add,
    warn: add,
    next: (pattern) => {
      const index = unseen.findIndex((line) => pattern.test(line))
      if (index >= 0) return Promise.resolve(unseen.splice(index, 1)[0] ?? '')
      // a store does not keep a program alive by itself
      const alive = setInterval(() => {}, 1000)
      return new Promise<string>((resolve) => waiting.push({ pattern, resolve })).finally(() =>
        clearInterval(alive),
      )
    },
  }
}
