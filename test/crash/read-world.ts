/** Reads all that a server has, and tells it as a State; and what in it can't be: two of a name, sides that disagree. */
import { FIELDS, RELATIONS } from './application.ts'
import { expectDone } from './http.ts'
import { nameIn } from './state.ts'
import type { State, Value, Values } from './state.ts'

type Item = Readonly<Record<string, unknown>> & { readonly _id: string; readonly name: string }

export interface Part {
  readonly state: State
  /** `_id` by `collection/name` */
  readonly ids: ReadonlyMap<string, string>
  /** names and unique values that are there more than once */
  readonly twice: readonly string[]
}

export interface World extends Part {
  /** places where one side says what the other does not */
  readonly sides: readonly string[]
}

interface Page {
  readonly result: readonly Item[]
  readonly _next?: string
}

/** Every item of every collection. */
export async function readWorld(url: string): Promise<World> {
  const items = await readItems(url, '')
  return { ...named(items, new Map()), sides: disagreements(items) }
}

/** The items whose names begin so; `known`: `_id` of others by `collection/name`. */
export async function readPart(
  url: string,
  prefix: string,
  known: ReadonlyMap<string, string>,
): Promise<Part> {
  return named(await readItems(url, prefix), known)
}

type Items = ReadonlyMap<string, readonly Item[]>

async function readItems(url: string, prefix: string): Promise<Items> {
  const items = new Map<string, readonly Item[]>()
  for (const collection of Object.keys(FIELDS))
    items.set(collection, await readAll(url, collection, prefix))
  return items
}

async function readAll(url: string, collection: string, prefix: string): Promise<Item[]> {
  const all: Item[] = []
  const filter = prefix === '' ? '' : `&name.$reg=${encodeURIComponent(`${prefix}\\.`)}`
  let after = ''
  for (;;) {
    const path = `/${collection}?_page=1000&_total=false${filter}${after}`
    const page = (await expectDone(url, { method: 'GET', path })) as Page
    all.push(...page.result)
    if (page._next === undefined) return all
    after = `&_after=${encodeURIComponent(page._next)}`
  }
}

function named(items: Items, known: ReadonlyMap<string, string>): Part {
  const names = new Map([...known].map(([key, id]) => [id, nameIn(key)]))
  for (const found of items.values()) for (const { _id, name } of found) names.set(_id, name)
  const state = new Map<string, Values>()
  const ids = new Map<string, string>()
  const twice: string[] = []
  const isbns = new Set<unknown>()
  for (const [collection, found] of items)
    for (const item of found) {
      const key = `${collection}/${item.name}`
      if (state.has(key)) twice.push(key)
      const isbn = item['isbn'] ?? null
      if (isbn !== null && isbns.has(isbn)) twice.push(`isbn ${JSON.stringify(isbn)}`)
      isbns.add(isbn)
      state.set(key, valuesOf(collection, item, names))
      ids.set(key, item._id)
    }
  return { state, ids, twice }
}

function valuesOf(collection: string, item: Item, names: ReadonlyMap<string, string>): Values {
  const values: Record<string, Value> = {}
  for (const field of FIELDS[collection] ?? []) {
    const value = (item[field] ?? null) as Value
    const isReference = RELATIONS.some(
      (one) => one.collection === collection && one.field === field,
    )
    values[field] = isReference ? namesOf(value, names) : value
  }
  return values
}

/** An `_id` of nothing that was read stays as it is: it can't be what was asked for. */
function namesOf(value: Value, names: ReadonlyMap<string, string>): Value {
  if (typeof value === 'string') return names.get(value) ?? value
  if (Array.isArray(value)) return value.map((id: string) => names.get(id) ?? id)
  return value
}

const listOf = (value: unknown): readonly string[] =>
  typeof value === 'string' ? [value] : Array.isArray(value) ? (value as string[]) : []

function disagreements(items: Items): string[] {
  return RELATIONS.flatMap(({ collection, field, target, reverse }) => {
    const near = pairsOf(items.get(collection) ?? [], field, (from, to) => `${from} - ${to}`)
    const far = pairsOf(items.get(target) ?? [], reverse, (from, to) => `${to} - ${from}`)
    const name = `${collection}.${field}`
    const onlyNear = [...near].filter((pair) => !far.has(pair))
    const onlyFar = [...far].filter((pair) => !near.has(pair))
    return [
      ...onlyNear.map((pair) => `${name} alone says ${pair}`),
      ...onlyFar.map((pair) => `${target}.${reverse} alone says ${pair}`),
    ]
  })
}

function pairsOf(
  items: readonly Item[],
  field: string,
  pair: (from: string, to: string) => string,
): Set<string> {
  return new Set(items.flatMap((item) => listOf(item[field]).map((to) => pair(item._id, to))))
}
