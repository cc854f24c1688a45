/**
 * Listeners: names of events, and the hooks that hear them. Never calls one.
 */
import type { ConfigPath } from '../config/config.ts'
import { didYouMean } from '../expression/hint.ts'
import type { HookNames } from './hook-names.ts'
import type { Report } from './report.ts'

export const ITEM_EVENTS: readonly string[] = [
  'loaded',
  'before_save',
  'created',
  'saved',
  'before_delete',
]

export const FIELD_EVENTS: readonly string[] = [...ITEM_EVENTS, 'change']

export interface EventPlace {
  readonly path: ConfigPath
  readonly known: readonly string[]
}

/** Event -> hooks in order; an unknown event is a finding. */
export function compileEvents(
  said: Readonly<Record<string, readonly string[]>>,
  { path, known }: EventPlace,
  { report, hooks }: { readonly report: Report; readonly hooks: HookNames },
): ReadonlyMap<string, readonly string[]> {
  const events = new Map<string, readonly string[]>()
  for (const [event, names] of Object.entries(said)) {
    const at = [...path, event]
    if (!known.includes(event)) {
      const hint =
        event === 'change'
          ? 'put it under `on` of the field that is to be watched'
          : (didYouMean(event, known) ?? `events are ${known.join(', ')}`)
      report.error('BACKO_CONFIG_UNKNOWN_EVENT', at, `unknown event ${event}`, { at: 'key', hint })
    }
    events.set(event, Object.freeze(names.map((name, i) => hooks.check(name, [...at, i]))))
  }
  return events
}
