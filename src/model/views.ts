/**
 * Views of a collection, worked out once: which fields each shows (config.md "Views").
 * Knows fields and their marks; no item, no user.
 */
import type { Field, View } from './backoffice.ts'
import { isOwnField } from './item-field.ts'
import { isAlways } from './rights.ts'
import { contentOf, within } from './within.ts'

const ALWAYS_KNOWN = ['client', 'save']

/** By name: `v` shows all but what is marked `!v`, `+v` only what is marked `v`. */
export function buildViews(item: Field): ReadonlyMap<string, View> {
  const names = new Set(ALWAYS_KNOWN)
  for (const field of within(item)) {
    for (const name of [...field.views.out, ...field.views.only]) names.add(name)
  }
  const views = [...names].flatMap((name) => [plainView(name, item), markedView(name, item)])
  return new Map(views.map((view) => [view.name, view]))
}

/** What no view shows: secrets, lists that are not filled, and what nobody may read. */
const isHidden = (field: Field): boolean =>
  field.type.secret === true || field.side?.fill === false || isNever(field)

const isNever = ({ canRead, exists }: Field): boolean =>
  [canRead, exists].some((right) => right.kind === 'always' && !right.value)

function plainView(name: string, item: Field): View {
  const shown = new Set<Field>()
  const visit = (field: Field): boolean => {
    if (field.views.out.has(name) && field.path !== '_id') return false
    if (isHidden(field)) return false
    const content = contentOf(field)
    const kept = content.filter(visit)
    if (content.length > 0 && kept.length === 0) return false
    shown.add(field)
    return true
  }
  visit(item)
  shown.add(item)
  const whole = within(item).every((field) => goesOutAsStored(field, shown.has(field)))
  return viewOf(name, shown, whole)
}

/** Is what a reader gets of this field what the store keeps, for every reader? */
function goesOutAsStored(field: Field, shown: boolean): boolean {
  if (!isAlways(field.canRead) || !isAlways(field.exists)) return false
  return shown === field.stored
}

function markedView(name: string, item: Field): View {
  const shown = new Set<Field>([item])
  const isMarked = (field: Field): boolean => field.views.only.has(name)
  /** a mark on a Dict is for all in it, unless some of them are marked themselves */
  const visit = (field: Field, inherited: boolean): boolean => {
    if (field.views.out.has(name) || isHidden(field)) return false
    const content = contentOf(field)
    const all =
      inherited || (isMarked(field) && !content.some((each) => within(each).some(isMarked)))
    const kept = content.filter((each) => visit(each, all))
    if (content.length > 0 ? kept.length === 0 : !all) return false
    shown.add(field)
    return true
  }
  for (const field of item.fields?.values() ?? []) {
    if (field.path === '_id') shown.add(field)
    else if (!isOwnField(field)) visit(field, false)
  }
  return viewOf(`+${name}`, shown, false)
}

const viewOf = (name: string, shown: ReadonlySet<Field>, whole: boolean): View =>
  Object.freeze({ name, shows: (field: Field) => shown.has(field), whole })
