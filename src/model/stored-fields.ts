/**
 * Which fields are kept in the doc, and which of those a store can index. Knows no store.
 */
import type { StoredField, StoredIndex } from '../connectors/connector.ts'
import type { Type } from '../expression/expr.ts'
import { didYouMean } from '../expression/hint.ts'
import { withArticle } from './article.ts'
import type { Field } from './backoffice.ts'
import type { CollectionDraft, FieldDraft } from './draft.ts'
import type { Report } from './report.ts'
import { dottedOf } from './sides.ts'

const SCALARS: ReadonlySet<Type['kind']> = new Set<Type['kind']>([
  'bool',
  'int',
  'float',
  'string',
  'bytes',
  'timestamp',
  'duration',
  'ref',
])

export const isScalar = (type: Type): boolean => SCALARS.has(type.kind)

/** A scalar, or a list of them. */
const isFlat = (type: Type): boolean => isScalar(type.kind === 'list' ? type.items : type)

/** Says of every field whether it is kept. Relations, views and computed fields are known by now. */
export function markStored(collection: CollectionDraft): void {
  // children come after their Dict: from the last to the first, a Dict is asked when its fields are known
  for (const { field, parent } of collection.origins.toReversed()) {
    field.stored = isKept(field) && parent?.views.out.has('save') !== true
  }
}

function isKept(field: FieldDraft): boolean {
  if (field.views.out.has('save') || field.side?.kept === 'linked') return false
  if (field.set && !field.set.stored) return false
  if (!field.fields || field.fields.size === 0) return true
  return [...field.fields.values()].some(({ stored }) => stored)
}

/** What a store may index, by path; `_id` and `_meta` too. */
export function storedFields(collection: CollectionDraft): readonly StoredField[] {
  const fields = [...collection.fieldAt.values()].filter(isIndexable)
  return Object.freeze(
    fields.map(({ path, valueType, unique, index }) =>
      Object.freeze({ path, type: valueType, unique, index }),
    ),
  )
}

const isIndexable = (field: Field): boolean =>
  field.stored && !field.fields && isFlat(field.valueType)

/** `index` and `unique` where they can't be: a finding. */
export function checkIndexOptions({ origins }: CollectionDraft, report: Report): void {
  for (const { field, at } of origins) {
    for (const option of ['index', 'unique'] as const) {
      if (!field[option]) continue
      const why = whyNot(field, option === 'unique')
      if (why === null) continue
      report.error('BACKO_CONFIG_INDEX', at(option), `\`${option}\` can't be here: ${why}`, {
        at: 'key',
      })
    }
  }
}

/** Why a field can't be in an index; null when it can. */
function whyNot(field: Field, unique: boolean): string | null {
  if (field.side?.kept === 'linked') return 'it is not kept in the item, links are always indexed'
  if (!field.stored) return 'it is not stored'
  if (field.inList) return 'it stands inside a List'
  if (field.type.secret) return 'it is a secret'
  if (unique && !isScalar(field.valueType))
    return `${withArticle(field.type.name)} can be indexed, but not be unique`
  return isIndexable(field) ? null : `${withArticle(field.type.name)} has no order`
}

/** `indexes:` of a collection; `-year` is descending. */
export function storedIndexes(collection: CollectionDraft, report: Report): readonly StoredIndex[] {
  const indexes = collection.config.indexes.map(({ fields, unique }, i) => {
    const path = [...collection.path, 'indexes', i, 'fields']
    const keys = fields.flatMap((said, j) => {
      const descending = said.startsWith('-')
      const dotted = dottedOf(descending ? said.slice(1) : said)
      const field = collection.fieldAt.get(dotted)
      const why = field && whyNot(field, unique)
      if (!field) {
        report.error(
          'BACKO_CONFIG_UNKNOWN_FIELD',
          [...path, j],
          `${collection.name} has no field ${dotted}`,
          {
            hint: didYouMean(dotted, collection.fieldAt.keys()),
          },
        )
      } else if (why) {
        report.error('BACKO_CONFIG_INDEX', [...path, j], `${dotted} can't be in an index: ${why}`)
      }
      return [Object.freeze({ path: dotted, descending })]
    })
    return Object.freeze({ fields: Object.freeze(keys), unique })
  })
  return Object.freeze(indexes)
}
