/**
 * What `backo types` prints: types of every collection, then the client, as its sources stand in the package.
 * One file that imports nothing.
 */
import { existsSync, readFileSync } from 'node:fs'
import { OPERATOR_FACTS, type OperatorFacts } from '../../expression/operator-facts.ts'
import { INT, listOf, STRING, type Type } from '../../expression/expr.ts'
import type { Backoffice } from '../../model/backoffice.ts'
import { AS_READ, fieldSchema } from '../../model/fields/index.ts'
import { collectionTypes, matchName, type TypeName } from './collection-types.ts'
import { comment, keyText, schemaType } from './schema-type.ts'

const SOURCES = ['client-types.ts', 'wire.ts', 'client.ts'] as const

export function typesText(backoffice: Backoffice): string {
  const { name, description, collections, currentUser } = backoffice
  const client = SOURCES.map(sourceOf).join('\n')
  const nameOf = typeNames([...collections.keys()], client)
  const parts = [
    `/** Types and a client of ${name}, made by \`backo types\`. Not to be changed by hand. */\n/* eslint-disable */`,
    ...[...collections.values()].map((each) => collectionTypes(backoffice, each, nameOf)),
    `${comment(description, 0)}export interface Collections {\n${[...collections.keys()].map((each) => entryText(each, nameOf(each))).join('')}}\n`,
    `export interface CurrentUser ${schemaType(fieldSchema(currentUser, { ...AS_READ, isThere: () => true }))}\n`,
    matchesText(),
    client,
    creatorText(backoffice),
  ]
  return `${parts.map((part) => part.trimEnd()).join('\n\n')}\n`
}

function entryText(collection: string, own: string): string {
  const types = {
    item: own,
    create: `${own}Create`,
    update: `${own}Update`,
    filter: `${own}Filter`,
    path: `${own}Path`,
    view: `${own}View`,
    refs: `${own}Refs`,
    actions: `${own}Actions`,
    selections: `${own}Selections`,
  }
  const lines = Object.entries(types).map(([key, type]) => `    ${key}: ${type}\n`)
  return `  ${keyText(collection)}: {\n${lines.join('')}  }\n`
}

function creatorText({ name, collections }: Backoffice): string {
  const names = [...collections.keys()].map((each) => JSON.stringify(each)).join(', ')
  return `/** @param url of the server, with its prefix: \`http://127.0.0.1:8080\` */
export const createClient = (
  url: string,
  options: ClientOptions = {},
): Client<Collections, CurrentUser> =>
  clientOf<Collections, CurrentUser>(url, options, {
    name: ${JSON.stringify(name)},
    collections: [${names}],
  })`
}

/** What a filter says of a value, by the operators that fit its type. */
function matchesText(): string {
  const kinds: readonly Type[] = [STRING, INT, BYTES_LIKE, listOf(STRING), listOf(INT), DYN_LIKE]
  const sets = new Map<string, readonly OperatorFacts[]>()
  for (const kind of [...kinds, listOf(BYTES_LIKE)]) {
    const operators = OPERATOR_FACTS.filter(({ fits }) => fits(kind))
    sets.set(matchName(operators), operators)
  }
  return [...sets].map(([name, operators]) => matchText(name, operators)).join('\n')
}

const BYTES_LIKE: Type = { kind: 'bytes' }
const DYN_LIKE: Type = { kind: 'dyn' }

function matchText(name: string, operators: readonly OperatorFacts[]): string {
  const isList = operators.some((each) => each.name === '$size')
  const lines = operators.map(
    (facts) => `${comment(facts.means, 2)}    ${facts.name}?: ${operandType(facts)}\n`,
  )
  const plain = isList ? 'T | readonly T[] | null' : 'T | null'
  return `export type ${name}<T> =\n  | ${plain}\n  | {\n${lines.join('')}  }\n`
}

function operandType({ name, operand }: OperatorFacts): string {
  switch (operand) {
    case 'value':
      return name === '$eq' || name === '$ne' ? 'T | null' : 'T'
    case 'values':
      return 'readonly (T | null)[]'
    case 'pattern':
      return 'string'
    case 'count':
      return 'number'
    case 'flag':
      return 'boolean'
    default:
      return operand satisfies never
  }
}

/** `media_items` -> `MediaItems`; another name where the client, or another collection, has that one. */
function typeNames(collections: readonly string[], client: string): TypeName {
  const taken = new Set(client.match(/\b[A-Z]\w*/g))
  for (const own of ['Collections', 'CurrentUser', 'Match']) taken.add(own)
  const names = new Map<string, string>()
  for (const collection of collections) {
    const words = collection.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
    const plain = words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('')
    let name = plain
    for (let n = 1; SUFFIXES.some((suffix) => taken.has(name + suffix)); n++)
      name = `${plain}Item${n === 1 ? '' : n}`
    for (const suffix of SUFFIXES) taken.add(name + suffix)
    names.set(collection, name)
  }
  return (collection) => names.get(collection) ?? collection
}

const SUFFIXES = ['', 'Create', 'Update', 'Filter', 'Path', 'View', 'Refs', 'Actions', 'Selections']

/** Without its imports: all stands in one file. */
function sourceOf(name: (typeof SOURCES)[number]): string {
  // seen from dist/bundle, and from dist/src/cli/types
  const places = ['../client/', '../../../client/'].map((up) => new URL(up + name, import.meta.url))
  const found = places.find((place) => existsSync(place))
  if (!found) throw new Error('the client is not built; run `npm run build`')
  return readFileSync(found, 'utf8').replaceAll(/^import [^;]*? from '[^']*'\n/gm, '')
}
