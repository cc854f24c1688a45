/** The types of one collection, as text: its item, what is sent, filters, actions, selections. */
import type { OperatorFacts } from '../../expression/operator-facts.ts'
import { filterPlaces, type FilterPlace } from '../../http/openapi/filter-places.ts'
import { readUse, takenIn } from '../../http/openapi/item-schemas.ts'
import type { Action, Backoffice, Collection, Field, Selection } from '../../model/backoffice.ts'
import type { JsonSchema, SchemaUse } from '../../model/fields/field-type.ts'
import { fieldSchema } from '../../model/fields/index.ts'
import { within } from '../../model/within.ts'
import { comment, indent, keyText, schemaType } from './schema-type.ts'

/** The name of a collection's item, and what the others begin with. */
export type TypeName = (collection: string) => string

export function collectionTypes(
  backoffice: Backoffice,
  collection: Collection,
  nameOf: TypeName,
): string {
  const { name, item } = collection
  const own = nameOf(name)
  const read = schemaType(fieldSchema(item, itemUse(backoffice, collection)))
  const parts = [
    `${comment(collection.description, 0)}export interface ${own} ${read}\n`,
    `/** What a POST takes. */\nexport interface ${own}Create ${sent(item, 'create')}\n`,
    `/** What a PUT takes: the keys that change. */\nexport interface ${own}Update ${sent(item, 'update')}\n`,
    filterText(collection, own),
    pathsText(collection, own),
    membersText(
      `${own}Actions`,
      [...collection.actions.values()].map((action) => actionText(action, own)),
    ),
    membersText(
      `${own}Selections`,
      [...collection.selections.values()].map((each) => selectionText(each, own)),
    ),
  ]
  return parts.join('\n')
}

/** In view client: all that it shows is there, but for what rights and `exists` may take out. */
function itemUse(backoffice: Backoffice, collection: Collection): SchemaUse {
  const always = ({ canRead, exists }: Field): boolean =>
    [canRead, exists].every((right) => right.kind === 'always' && right.value)
  return { ...readUse(backoffice, collection), isThere: always, item: () => null }
}

/** Without what the program keeps: `_id`, `_meta`, computed fields. */
function sent(item: Field, purpose: 'create' | 'update'): string {
  const use = takenIn(purpose)
  const isKept = ({ path, set }: Field): boolean =>
    set !== null || path === '_id' || path === '_meta'
  const schema = fieldSchema(item, { ...use, shows: (field) => use.shows(field) && !isKept(field) })
  return schemaType({ ...schema, type: 'object' })
}

function filterText(collection: Collection, own: string): string {
  const lines = filterPlaces(collection).map(
    (place) => `${indent(1)}${keyText(place.path)}?: ${matchType(place)}\n`,
  )
  const through = collection.sides.map(
    ({ path }) => `${indent(1)}[through: \`${path}.\${string}\`]: unknown\n`,
  )
  const logic = ['$and', '$or'].map((name) => `${indent(1)}${name}?: readonly ${own}Filter[]\n`)
  const all = [...lines, ...through, ...logic, `${indent(1)}$not?: ${own}Filter\n`]
  return `export interface ${own}Filter {\n${all.join('')}}\n`
}

/** `Match` of the operators that fit the place. */
function matchType({ value, type, operators }: FilterPlace): string {
  const element = schemaType(value)
  return `${matchName(operators)}<${type.kind === 'list' && element === 'unknown' ? 'unknown' : element}>`
}

/** A type for each set of operators that fields may have. */
export const matchName = (operators: readonly OperatorFacts[]): string => {
  const names = new Set(operators.map(({ name }) => name))
  const parts = [
    names.has('$size') ? 'List' : '',
    names.has('$lt') ? 'Ordered' : '',
    names.has('$re') ? 'Text' : '',
  ]
  return `${parts.join('')}Match`
}

function pathsText(collection: Collection, own: string): string {
  const { sides, views } = collection
  const paths = pathsIn(collection).map((path) => JSON.stringify(path))
  const refs = sides.map(
    ({ path, target }) => `${indent(1)}${keyText(path)}: ${JSON.stringify(target)}\n`,
  )
  const known = [...views.keys()].map((view) => JSON.stringify(view))
  return [
    `export type ${own}Path = ${paths.join(' | ')}\n`,
    `export type ${own}View = ${known.join(' | ')}\n`,
    `/** References: which collection they refer to. */\n`,
    `export interface ${own}Refs {\n${refs.join('')}}\n`,
  ].join('')
}

/** Every field that may be named, Dicts too. */
function pathsIn({ item, views }: Collection): readonly string[] {
  const view = views.get('client')
  const shown = within(item).filter((field) => field !== item && view?.shows(field) !== false)
  return [...new Set(shown.map(({ path }) => path))]
}

const membersText = (name: string, members: readonly string[]): string =>
  `export interface ${name} {\n${members.join('')}}\n`

function actionText({ name, description, schema, hook }: Action, own: string): string {
  const args = schemaType(argumentsSchema(schema), 1)
  const result = hook === null ? own : 'unknown'
  return `${comment(description, 1)}${indent(1)}${keyText(name)}: { args: ${args}; result: ${result} }\n`
}

function argumentsSchema(schema: Field): JsonSchema {
  return { ...fieldSchema(schema, takenIn('create')), type: 'object' }
}

/** Rows have the `_id` first. */
function selectionText({ name, description, items, selectors }: Selection, own: string): string {
  const row = items
    ? own
    : `[${selectors.map((_, i) => (i === 0 ? '_id: string' : `value${i}: unknown`)).join(', ')}]`
  return `${comment(description, 1)}${indent(1)}${keyText(name)}: ${row}\n`
}
