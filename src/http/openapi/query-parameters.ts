/**
 * The query of a list, an item, a history, as parameters of OpenAPI. A filter is a parameter for each path and
 * operator, kept once a collection among the components.
 */
import type { Collection } from '../../model/backoffice.ts'
import type { JsonSchema } from '../../model/fields/field-type.ts'
import type { OperatorFacts } from '../../expression/operator-facts.ts'
import { filterPlaces, operandSchema, type FilterPlace } from './filter-places.ts'

/** `show`: what one item may be asked in; `page`: that and pages; `list`: filters too; `versions`: pages of a history; `events`: filters. */
export type QueryKind = 'show' | 'page' | 'list' | 'versions' | 'events'

const query = (name: string, description: string, schema: JsonSchema): JsonSchema => ({
  name,
  in: 'query',
  description,
  schema,
  ...(schema['type'] === 'array' ? { style: 'form', explode: false } : {}),
})

const count = (byDefault: number): JsonSchema => ({
  type: 'integer',
  minimum: 0,
  default: byDefault,
})
const texts: JsonSchema = { type: 'array', items: { type: 'string' }, maxItems: 100 }

const viewParameter = ({ views }: Collection): JsonSchema =>
  query('_view', 'Which fields are shown', {
    type: 'string',
    enum: [...views.keys()],
    default: 'client',
  })

const FIELDS = query('_fields', 'Paths to keep, through references too; `_id` always stays', texts)
const TOTAL = query('_total', 'Count what matches', { type: 'boolean', default: true })
const SKIP = query('_skip', 'Items to skip; not with `_after`', count(0))
const AFTER = query('_after', 'The `_next` of the page before', { type: 'string' })
const SORT = query('_sort', 'Paths, `-` in front for the other way; default `_id`', texts)

const expandParameter = ({ sides }: Collection): JsonSchema => {
  const known = sides.map(({ path }) => `\`${path}\``).join(', ')
  const text = 'References to put in place of their ids, through references too'
  return query('_expand', sides.length > 0 ? `${text}: ${known}` : text, texts)
}

const pageParameter = ({ maxPage }: Collection): JsonSchema =>
  query('_page', 'Items a page; 0: as many as may be', {
    ...count(Math.min(10, maxPage)),
    maximum: maxPage,
  })

export function queryParameters(kind: QueryKind, collection: Collection): readonly JsonSchema[] {
  const view = viewParameter(collection)
  const page = pageParameter(collection)
  switch (kind) {
    case 'show':
      return [view, FIELDS, expandParameter(collection)]
    case 'versions':
      return [view, page, SKIP, AFTER, TOTAL]
    case 'events':
      return [view, AFTER, ...filterReferences(collection)]
    case 'page':
      return [view, page, SKIP, SORT, AFTER, FIELDS, expandParameter(collection), TOTAL]
    case 'list':
      return [...queryParameters('page', collection), ...filterReferences(collection)]
    default:
      return kind satisfies never
  }
}

const filterReferences = (collection: Collection): readonly JsonSchema[] =>
  Object.keys(filterParameters(collection)).map((name) => ({
    $ref: `#/components/parameters/${name}`,
  }))

/** By the name that they have among the components. A path has no `-`: no two are the same. */
export function filterParameters(collection: Collection): Record<string, JsonSchema> {
  const parameters: Record<string, JsonSchema> = {}
  for (const place of filterPlaces(collection)) {
    for (const facts of place.operators) {
      if (!isTold(place, facts)) continue
      const isEqual = facts.name === '$eq'
      const name = `${collection.name}.${place.path}${isEqual ? '' : facts.name.replace('$', '-')}`
      parameters[name] = filterParameter(place, facts)
    }
  }
  return parameters
}

/** Of who made an item and when, what is asked for: all would be a third of most documents. */
const isTold = ({ path, type }: FilterPlace, { name }: OperatorFacts): boolean =>
  !path.startsWith('_meta.') ||
  name === '$eq' ||
  (type.kind === 'timestamp' && /^\$[lg]te?$/.test(name))

function filterParameter(place: FilterPlace, facts: OperatorFacts): JsonSchema {
  const { path, description } = place
  const isEqual = facts.name === '$eq'
  const about = isEqual && description !== null ? `${description}. Filter: ` : ''
  return query(
    isEqual ? path : `${path}.${facts.name}`,
    `${about}${path} ${facts.means}`,
    operandSchema(place, facts),
  )
}
