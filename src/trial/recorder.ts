/**
 * What rules and hooks have answered while a request was tried: noted as it happens, told afterwards.
 * Knows no request and no terminal.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Env, Value } from '../expression/expr.ts'
import type { Rule } from '../model/backoffice.ts'
import type { WatchRule } from '../model/report.ts'
import type { RunHook } from '../operations/context.ts'

/** A rule that was asked, with what it was asked about. */
export interface Asked {
  readonly kind: 'rule'
  readonly rule: Rule
  readonly env: Env
  readonly value: Value
}

/** A right given as a hook that was asked. */
export interface AskedHook {
  readonly kind: 'hook'
  readonly name: string
  /** read, modify, ... */
  readonly right: string
  readonly value: boolean
}

export type Event = Asked | AskedHook

export interface Recorder {
  readonly watch: WatchRule
  /** who is told of each event, however many */
  readonly tell: (tally: (event: Event) => void) => void
  /** the same, with what rights that are hooks answer noted */
  readonly hooks: (run: RunHook) => RunHook
  /** Notes what is asked while it works. Never two at once. */
  readonly during: <T>(work: () => Promise<T>) => Promise<readonly [T, readonly Event[]]>
}

/** Enough to explain one page; what comes after is only told. */
const MOST_EVENTS = 5000

export function createRecorder(): Recorder {
  let tally: (event: Event) => void = () => undefined
  let events: Event[] | null = null
  const note = (event: Event): void => {
    if (events === null) return
    tally(event)
    if (events.length < MOST_EVENTS && !isKnown(events, event)) events.push(event)
  }
  return {
    tell: (to) => {
      tally = to
    },
    watch: (rule, env, value) => {
      if (events === null) return
      // the roots move on while a whole item is checked
      note({ kind: 'rule', rule, env: { ...env, roots: { ...env.roots } }, value })
    },
    hooks: (run) => async (uow, call) => {
      const outcome = await run(uow, call)
      const right = 'right' in call.context ? call.context.right : undefined
      if (typeof right === 'string')
        note({ kind: 'hook', name: call.name, right, value: outcome.result === true })
      return outcome
    },
    during: async (work) => {
      const own: Event[] = (events = [])
      try {
        return [await work(), own] as const
      } finally {
        events = null
      }
    },
  }
}

/** The same question once more: a request asks some rights at several places. */
const isKnown = (events: readonly Event[], event: Event): boolean => {
  const last = events.at(-1)
  return (
    last?.kind === 'rule' &&
    event.kind === 'rule' &&
    last.rule === event.rule &&
    isDeepStrictEqual(last.env.roots, event.env.roots)
  )
}
