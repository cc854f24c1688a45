/**
 * The change stream of a process, open while somebody listens: what came last is kept, so that who has seen nearly
 * all need not ask the server. It goes on by itself when the server was away.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { ChangeStream } from 'mongodb'
import type { LoggedChange } from '../changes.ts'
import type { Log } from '../log.ts'
import { loggedOf, type ChangeDoc, type Inserted } from './change-doc.ts'

type Stream = ChangeStream<ChangeDoc, Inserted>

export interface LiveInput {
  readonly log: Log
  readonly watch: (after: string) => Stream
  readonly position: () => Promise<string>
  readonly isLost: (error: unknown) => boolean
  readonly more: () => void
}

interface Run {
  stopped: boolean
  stream: Stream | null
  ended: Promise<void>
}

/** Changes kept, at most. */
const KEPT_LIVE = 500
/** Milliseconds before it is tried again. */
const AGAIN = 250

export class LiveChanges {
  readonly #input: LiveInput
  #recent: LoggedChange[] = []
  /** all that came after it is in `#recent`; null: not known yet. Tokens are in the order of their texts. */
  #start: string | null = null
  #run: Run | null = null

  constructor(input: LiveInput) {
    this.#input = input
  }

  /** null: that is to be asked of the server. */
  after(cursor: string, limit: number): readonly LoggedChange[] | null {
    if (this.#start === null || cursor < this.#start) return null
    const from = this.#recent.findIndex((each) => each.cursor > cursor)
    return from === -1 ? [] : this.#recent.slice(from, from + limit)
  }

  start(): void {
    if (this.#run) return
    const run: Run = { stopped: false, stream: null, ended: Promise.resolve() }
    this.#run = run
    run.ended = this.#follow(run)
  }

  async stop(): Promise<void> {
    const run = this.#run
    this.#run = null
    this.#start = null
    this.#recent = []
    if (!run) return
    run.stopped = true
    await run.stream?.close().catch(() => undefined)
    await run.ended
  }

  async #follow(run: Run): Promise<void> {
    while (!run.stopped) {
      try {
        const from = this.#recent.at(-1)?.cursor ?? this.#start ?? (await this.#input.position())
        if (run.stopped) return
        run.stream = this.#input.watch(from)
        await this.#take(run, run.stream, from)
      } catch (error) {
        if (run.stopped) return
        if (this.#input.isLost(error)) {
          this.#recent = []
          this.#start = null
        } else this.#input.log.warn({ err: error }, 'changes can not be followed now')
      } finally {
        await run.stream?.close().catch(() => undefined)
      }
      await pause(AGAIN, undefined, { ref: false })
    }
  }

  async #take(run: Run, stream: Stream, from: string): Promise<void> {
    while (!run.stopped) {
      const next = await stream.tryNext()
      if (run.stopped) return
      if (this.#start === null) {
        this.#start = from
        this.#input.more()
      }
      if (next === null) continue
      this.#recent.push(loggedOf(next))
      if (this.#recent.length > KEPT_LIVE * 2) {
        this.#start = this.#recent[KEPT_LIVE - 1]?.cursor ?? null
        this.#recent = this.#recent.slice(KEPT_LIVE)
      }
      this.#input.more()
    }
  }
}
