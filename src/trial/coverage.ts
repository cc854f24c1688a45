/**
 * Which rights were never seen to say yes, or never no, over all tests: counted while they run.
 * Knows the rights of the model and where they stand; no test.
 */
import type { ConfigPath, ConfigSource, Location } from '../config/config.ts'
import type { Backoffice, Field, Right, Rule } from '../model/backoffice.ts'
import { allFields } from '../operations/read-plan.ts'
import { nameOf } from './decisions.ts'
import type { Event } from './recorder.ts'

/** A rule of the file, or a hook, and how often it said yes and no (unknown is no). */
export interface Covered {
  readonly name: string
  readonly text: string
  readonly location: Location
  readonly yes: number
  readonly no: number
}

export interface Coverage {
  readonly tally: (event: Event) => void
  /** in the order of the file */
  readonly report: () => readonly Covered[]
}

export function measureCoverage(backoffice: Backoffice, source: ConfigSource): Coverage {
  const counts = new Map<string, { yes: number; no: number }>()
  return {
    tally: (event) => {
      const key = event.kind === 'hook' ? `hook ${event.name}` : keyOf(event.rule.path)
      const count = counts.get(key) ?? { yes: 0, no: 0 }
      count[event.value === true ? 'yes' : 'no']++
      counts.set(key, count)
    },
    report: () =>
      [...watchedIn(backoffice)]
        .map(([key, { path, name, text }]) => {
          const { yes, no } = counts.get(key) ?? { yes: 0, no: 0 }
          return { name, text, yes, no, location: source.locate(path) }
        })
        .sort(inFile),
  }
}

interface Watched {
  readonly name: string
  readonly text: string
  readonly path: ConfigPath
}

const keyOf = (path: ConfigPath): string => JSON.stringify(path)

/** Every right that is more than yes or no, and every constraint; a named type's are one wherever it is used. */
function watchedIn({ collections }: Backoffice): ReadonlyMap<string, Watched> {
  const found = new Map<string, Watched>()
  const rule = ({ path, text }: Rule): unknown =>
    found.set(keyOf(path), { path, text, name: nameOf(path) })
  const right = (each: Right, path: ConfigPath): void => {
    if (each.kind === 'rule') rule(each.rule)
    else if (each.kind === 'hook' && !found.has(`hook ${each.name}`))
      found.set(`hook ${each.name}`, { path, text: `hook: ${each.name}`, name: nameOf(path) })
  }
  const fields = (root: Field, at: ConfigPath): void => {
    for (const field of allFields(root)) {
      const here = [...at, ...field.path.split('.').flatMap((name) => ['fields', name])]
      right(field.exists, [...here, 'exists'])
      right(field.canRead, [...here, 'can_read'])
      right(field.canModify, [...here, 'can_modify'])
      for (const constraint of field.constraints) rule(constraint.rule)
      if (field.enum && 'rule' in field.enum) rule(field.enum.rule)
    }
  }
  for (const { name, item, actions, selections, ...rights } of collections.values()) {
    const at = ['collections', name]
    right(rights.canRead, [...at, 'can_read'])
    right(rights.canCreate, [...at, 'can_create'])
    right(rights.canModify, [...at, 'can_modify'])
    right(rights.canDelete, [...at, 'can_delete'])
    fields(item, at)
    for (const action of actions.values()) {
      const here = [...at, 'actions', action.name]
      right(action.exists, [...here, 'exists'])
      right(action.canExecute, [...here, 'can_execute'])
      fields(action.schema, here)
    }
    for (const selection of selections.values())
      right(selection.canRead, [...at, 'selections', selection.name, 'can_read'])
  }
  return found
}

function inFile({ location: a }: Covered, { location: b }: Covered): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return a.line - b.line || a.column - b.column
}
