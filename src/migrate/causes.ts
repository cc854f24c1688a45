/** Why stored items do not fit, counted: the plan of a migration. Memory grows with the model, not with the items. */
import type { FieldError } from '../errors.ts'
import type { Outcome } from './report.ts'

export interface Cause {
  /** selector, without the places in lists: `$.lines.price` */
  readonly path: string
  readonly message: string
  readonly total: number
  /** the first items that have it */
  readonly ids: readonly string[]
}

export interface Causes {
  readonly add: (batch: readonly Outcome[]) => void
  /** most frequent first */
  readonly list: () => readonly Cause[]
}

const SHOWN_IDS = 5
/** Keys of free content could make more. */
const MOST_CAUSES = 1000

export function countCauses(): Causes {
  const found = new Map<string, { path: string; message: string; total: number; ids: string[] }>()
  const note = (_id: string, { path, message }: FieldError): void => {
    const key = JSON.stringify([path, message])
    let cause = found.get(key)
    if (cause === undefined) {
      if (found.size === MOST_CAUSES) return
      found.set(key, (cause = { path, message, total: 0, ids: [] }))
    }
    cause.total++
    if (cause.ids.length < SHOWN_IDS) cause.ids.push(_id)
  }
  return {
    add: (batch) => {
      for (const outcome of batch) {
        if (outcome.kind !== 'unfit') continue
        // an item counts once for a cause, however many elements of a list have it
        const own = new Map(
          outcome.errors.map(({ path, message }) => {
            const error = { path: path.replaceAll(/\[\d+\]/g, ''), message }
            return [JSON.stringify([error.path, message]), error] as const
          }),
        )
        for (const error of own.values()) note(outcome._id, error)
      }
    },
    list: () => [...found.values()].toSorted((a, b) => b.total - a.total),
  }
}
