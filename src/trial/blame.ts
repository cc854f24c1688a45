/**
 * Of all that a request asked, what its outcome rests on: the right that refused it, or those that let it through.
 * Rights that are plainly yes or no are never asked; they are looked up.
 */
import type { ConfigPath, ConfigSource } from '../config/config.ts'
import type { Backoffice, Collection, Right } from '../model/backoffice.ts'
import type { Step, Target } from '../model/test-target.ts'
import { decisionsOf, nameOf, plainDecision, type Decision } from './decisions.ts'
import type { Event } from './recorder.ts'
import type { Outcome } from './try-request.ts'

export interface Blamed {
  readonly step: Step
  readonly target: Target
  readonly bench: {
    readonly source: ConfigSource
    readonly model: { readonly backoffice: Backoffice }
  }
  /** dotted path of a field that was looked for */
  readonly field?: string
}

export function whatDecided(
  { status, error, events }: Outcome & { readonly events: readonly Event[] },
  blamed: Blamed,
): readonly Decision[] {
  const { source } = blamed.bench
  const options = optionsOf(blamed, status)
  const isAsked = (option: string, event: Event): boolean =>
    options.includes(option) && (blamed.field !== undefined || !isFieldRead(option, event))
  const asked = decisionsOf(events, source, isAsked)
  const about = asked.filter(({ answer }) => status < 400 === (answer === 'yes'))
  const field = fieldAtFault(blamed, error?.message)
  const plain = plainRights(blamed, field).filter(
    ({ answer }) => status < 400 === (answer === 'yes'),
  )
  if (blamed.field !== undefined) return aboutField(asked, plain, blamed)
  return about.length > 0 ? about : plain
}

/** To show a field, or to leave it out of an answer, decides nothing else. */
const isFieldRead = (option: string, event: Event): boolean =>
  event.kind === 'rule' &&
  ['can_read', 'exists'].includes(option) &&
  event.rule.path.includes('fields')

/** As config.md calls them. */
function optionsOf({ step, field }: Blamed, status: number): readonly string[] {
  if (status === 400) return ['constraints', 'enum']
  if (field !== undefined) return ['can_read', 'exists', 'default_rights', 'read']
  switch (step.kind) {
    case 'act':
      return [
        'exists',
        'can_see',
        'can_execute',
        'can_read',
        'default_rights',
        'see',
        'execute',
        'read',
      ]
    case 'select':
    case 'read':
      return ['can_read', 'default_rights', 'read']
    case 'create':
      return ['can_create', 'can_modify', 'default_rights', 'create', 'modify']
    case 'modify':
      return ['can_read', 'can_modify', 'default_rights', 'read', 'modify']
    case 'delete':
      return ['can_read', 'can_delete', 'default_rights', 'read', 'delete']
    default:
      return step satisfies never
  }
}

function aboutField(
  asked: readonly Decision[],
  plain: readonly Decision[],
  { field = '', target }: Blamed,
): readonly Decision[] {
  const names = ancestors(field).map((path) => ` of ${target.collection.name}.${path}`)
  const all = [...asked, ...plain].filter(({ name }) => names.some((end) => name.endsWith(end)))
  // of what is not said, one line is enough
  const said = all.filter(({ location }) => location !== undefined)
  const own =
    said.length > 0 ? said : all.filter(({ name }) => name.startsWith('can_read')).slice(0, 1)
  return own.length > 0 ? own : asked.filter(({ answer }) => answer !== 'yes')
}

/** Why an item is in a list, or is not: of each that was read alone. */
export const whyShown = (events: readonly Event[], { bench }: Blamed): readonly Decision[] =>
  decisionsOf(
    events,
    bench.source,
    (option, event) =>
      ['can_read', 'default_rights', 'read'].includes(option) && !isFieldRead(option, event),
  )

/** `a.b.c`, `a.b`, `a`. */
const ancestors = (path: string): readonly string[] =>
  path.split('.').map((_, i, names) => names.slice(0, names.length - i).join('.'))

/** Errors about a field's right name it: `you may not change $.price of books`. */
function fieldAtFault({ field }: Blamed, message: string | undefined): string | undefined {
  return field ?? /change \$\.([\w.]+) of /.exec(message ?? '')?.[1]
}

/** What is plainly yes or no, and so is never asked. */
export const neverAsked = (blamed: Blamed): readonly Decision[] => plainRights(blamed, undefined)

interface Place {
  readonly right: Right
  readonly path: ConfigPath
}

function plainRights(
  { step, target, bench }: Blamed,
  field: string | undefined,
): readonly Decision[] {
  const { collection } = target
  const at: ConfigPath = ['collections', collection.name]
  const places: Place[] = []
  if (field !== undefined) {
    for (const path of ancestors(field)) {
      const here = [...at, ...path.split('.').flatMap((name) => ['fields', name])]
      const found = collection.fieldAt.get(path)
      if (!found) continue
      if (step.kind === 'read')
        places.push(
          { right: found.exists, path: [...here, 'exists'] },
          { right: found.canRead, path: [...here, 'can_read'] },
        )
      else places.push({ right: found.canModify, path: [...here, 'can_modify'] })
    }
  } else places.push(...stepRights(step, collection, at))
  const { source } = bench
  return places.flatMap(({ right, path }) =>
    right.kind === 'always'
      ? plainDecision(right, { path: saidAt(path, source), name: nameOf(path), source })
      : [],
  )
}

function stepRights(step: Step, collection: Collection, at: ConfigPath): readonly Place[] {
  const read = { right: collection.canRead, path: [...at, 'can_read'] }
  switch (step.kind) {
    case 'read':
      return [read]
    case 'create':
      return [{ right: collection.canCreate, path: [...at, 'can_create'] }]
    case 'modify':
      return [read, { right: collection.canModify, path: [...at, 'can_modify'] }]
    case 'delete':
      return [read, { right: collection.canDelete, path: [...at, 'can_delete'] }]
    case 'act': {
      const { action } = step
      const here = [...at, 'actions', action.name]
      return [
        read,
        { right: action.exists, path: [...here, 'exists'] },
        { right: action.canExecute, path: [...here, 'can_execute'] },
      ]
    }
    case 'select': {
      const { selection } = step
      return [
        read,
        { right: selection.canRead, path: [...at, 'selections', selection.name, 'can_read'] },
      ]
    }
    default:
      return step satisfies never
  }
}

/** A collection that says nothing has what `default_rights` says. */
function saidAt(path: ConfigPath, source: ConfigSource): ConfigPath {
  if (path.length !== 3) return path
  const own = source.locate(path, { at: 'key' })
  const collection = source.locate(path.slice(0, 2), { at: 'key' })
  const isSaid = own.line !== collection.line || own.column !== collection.column
  return isSaid ? path : ['default_rights']
}
