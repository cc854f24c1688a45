/**
 * What the log says of files that were edited by hand: which file, where, why, and what follows.
 * A store with many faults says the first ones of a kind and how many more there are.
 */
import type { Log } from '../log.ts'
import type { YamlFault } from './read-yaml.ts'

/** of one kind, while loading */
const MOST = 50

export interface Report extends YamlFault {
  readonly file: string
  /** what becomes of the item */
  readonly then: string
}

export interface Reports {
  say(report: Report): void
  /** says how many were not said, and begins anew */
  end(): void
}

export function createReports(log: Log): Reports {
  let count = 0
  return {
    say: ({ file, line, message, then }) => {
      if (++count > MOST) return
      const at = line === undefined ? file : `${file}:${line}`
      log.warn(
        { file, ...(line !== undefined && { line }), reason: message },
        `${at}: ${message} (${then})`,
      )
    },
    end: () => {
      if (count > MOST) log.warn({ more: count - MOST }, `${count - MOST} more files have faults`)
      count = 0
    },
  }
}
