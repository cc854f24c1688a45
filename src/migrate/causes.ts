/** What a migration would do and what it can't, counted: its plan. Memory grows with the model, not with the items. */
import type { FieldError } from '../errors.ts'
import type { Field } from '../model/backoffice.ts'
import { formerPaths } from '../model/values/former.ts'
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

/** Items that hold the value of a field under a former name. */
export interface Move {
  /** selectors, without the places in lists */
  readonly from: string
  readonly to: string
  readonly total: number
}

export interface Moves {
  readonly add: (batch: readonly Outcome[]) => void
  /** in the model's order */
  readonly list: () => readonly Move[]
}

/** A place that is empty after, or was filled in an item that is left as it is. */
function movedIn(outcome: Outcome): readonly string[] {
  if (outcome.kind === 'unfit') return outcome.former ?? []
  if (outcome.kind === 'same') return []
  return outcome.diff.flatMap(({ type, path }) =>
    type === 'REMOVE' ? path.filter((key) => typeof key === 'string').join('.') : [],
  )
}

/** What moves, or waits to do so until the item fits. */
export function countMoves(item: Field): Moves {
  const former = formerPaths(item)
  const totals = new Map([...former.keys()].map((path) => [path, 0]))
  return {
    add: (batch) => {
      if (former.size === 0) return
      for (const outcome of batch) {
        for (const path of new Set(movedIn(outcome))) {
          const total = totals.get(path)
          if (total !== undefined) totals.set(path, total + 1)
        }
      }
    },
    list: () =>
      [...totals].flatMap(([path, total]) => {
        const field = former.get(path)
        return total === 0 || !field ? [] : { from: `$.${path}`, to: `$.${field.path}`, total }
      }),
  }
}
