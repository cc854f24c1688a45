/**
 * In which views a field is marked: `views` of the field, and `views` of its collection, which mean the same.
 */
import type { ConfigPath, FieldConfig } from '../config/config.ts'
import type { ViewMarks } from './backoffice.ts'
import type { CollectionDraft, FieldDraft, Origin } from './draft.ts'
import { didYouMean } from '../expression/hint.ts'
import type { Report } from './report.ts'
import { dottedOf } from './sides.ts'

interface OpenMarks extends ViewMarks {
  readonly out: Set<string>
  readonly only: Set<string>
}

const VIEW_NAME = /^!?[A-Za-z][\w-]*$/

/** Gives each field its marks. */
export function markFields(collection: CollectionDraft, report: Report): void {
  const marks = new Map<FieldDraft, OpenMarks>()
  const marksOf = (field: FieldDraft): OpenMarks => {
    const found = marks.get(field) ?? { out: new Set(), only: new Set() }
    marks.set(field, found)
    return found
  }
  for (const { field, config, at } of collection.origins) {
    const views: FieldConfig['views'] = config.views ?? []
    views.forEach((mark, i) => addMark(marksOf(field), mark, [...at('views'), i], report))
  }
  for (const [mark, selectors] of Object.entries(collection.config.views)) {
    const path = [...collection.path, 'views', mark]
    selectors.forEach((selector, i) => {
      const field = fieldAtSelector(collection, selector)
      if (field) addMark(marksOf(field), mark, path, report)
      else explain(collection, selector, [...path, i], report)
    })
  }
  for (const { field, parent } of collection.origins) {
    // what is in a Dict that is not kept is not kept either
    if (parent && marks.get(parent)?.out.has('save')) marksOf(field).out.add('save')
  }
  for (const [field, found] of marks) field.views = Object.freeze(found)
}

function addMark(marks: OpenMarks, mark: string, path: ConfigPath, report: Report): void {
  if (!VIEW_NAME.test(mark)) {
    const hint = mark.startsWith('+')
      ? `write ${mark.slice(1)}; the + is for those who ask for the view`
      : 'a name, or !name to leave the field out of it'
    report.error('BACKO_CONFIG_VIEW', path, `${mark} is not the name of a view`, { hint })
  } else if (mark.startsWith('!')) marks.out.add(mark.slice(1))
  else marks.only.add(mark)
}

/** The field a selector without wildcards leads to, through Dicts and the Dicts of Lists. */
export function fieldAtSelector(
  collection: CollectionDraft,
  selector: string,
): FieldDraft | undefined {
  const path = dottedOf(selector)
  const found: Origin | undefined = collection.origins.find(({ field }) => field.path === path)
  return path === '' ? undefined : found?.field
}

function explain(
  collection: CollectionDraft,
  selector: string,
  path: ConfigPath,
  report: Report,
): void {
  const known = collection.origins.flatMap(({ field }) =>
    field.path === '' ? [] : `$.${field.path}`,
  )
  report.error(
    'BACKO_CONFIG_UNKNOWN_FIELD',
    path,
    `${collection.name} has no field ${dottedOf(selector)}`,
    {
      hint: didYouMean(selector, known),
    },
  )
}
