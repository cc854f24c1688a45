/**
 * What holds of the items of any model, whatever was done to them: references lead to items, both sides of a
 * link agree, one to one is one to one, unique is unique, every item fits its rules, filters find what items show.
 */
import type { DictValue, Env, Value } from '../../src/expression/expr.ts'
import type { Backoffice, Collection, RelationSide } from '../../src/model/backoffice.ts'
import { checkItem } from '../../src/model/values/check.ts'
import { getAt, targetsAt } from '../../src/operations/at-path.ts'
import type { Send } from './race.ts'

type Items = ReadonlyMap<string, DictValue>
export type Stock = ReadonlyMap<string, Items>

/** Every item of every collection, as a client sees them. */
export async function stockOf(backoffice: Backoffice, send: Send): Promise<Stock> {
  const stock = new Map<string, Items>()
  for (const name of backoffice.collections.keys()) {
    const items = new Map<string, DictValue>()
    const { status, body } = await send(`GET /${name}?_page=0`)
    if (status !== 200) throw new Error(`${name}: ${status} ${JSON.stringify(body)}`)
    for (const item of body.result as DictValue[]) items.set(idOf(item), item)
    if (items.size !== body.total) throw new Error(`${name}: ${items.size} of ${body.total} items`)
    stock.set(name, items)
  }
  return stock
}

/** In words, what is wrong; nothing when all is well. */
export async function faultsOf(
  backoffice: Backoffice,
  stock: Stock,
  send: Send,
): Promise<readonly string[]> {
  const faults: string[] = []
  for (const side of backoffice.sides.values()) {
    faults.push(...linkFaults(stock, side))
    faults.push(...(await filterFaults(stock, side, send)))
  }
  for (const collection of backoffice.collections.values()) {
    faults.push(...uniqueFaults(stock, collection))
    faults.push(...ruleFaults(stock, collection))
  }
  return faults
}

const idOf = (item: DictValue): string => item['_id'] as string

const itemsOf = (stock: Stock, collection: string): Items => stock.get(collection) ?? new Map()

const linkedAt = (item: DictValue, { path }: RelationSide): readonly string[] =>
  targetsAt(item, path.split('.'))

function linkFaults(stock: Stock, side: RelationSide): string[] {
  const faults: string[] = []
  const holders = new Map<string, string>()
  const { reverse } = side
  for (const [id, item] of itemsOf(stock, side.collection)) {
    const targets = linkedAt(item, side)
    const place = `${side.collection}/${id}.${side.path}`
    if (new Set(targets).size !== targets.length) faults.push(`${place}: twice the same`)
    for (const target of targets) {
      const other = itemsOf(stock, side.target).get(target)
      if (!other) faults.push(`${place}: ${side.target}/${target} is not there`)
      else if (reverse?.fill && !linkedAt(other, reverse).includes(id))
        faults.push(`${place}: ${side.target}/${target}.${reverse.path} does not know it`)
      const holder = holders.get(target)
      if (reverse && !reverse.many && holder !== undefined)
        faults.push(`${place}: ${side.target}/${target} is held by ${holder} too`)
      holders.set(target, id)
    }
  }
  return faults
}

/** Through the indexes of the store. */
async function filterFaults(stock: Stock, side: RelationSide, send: Send): Promise<string[]> {
  const faults: string[] = []
  const items = itemsOf(stock, side.collection)
  for (const target of [...itemsOf(stock, side.target).keys()].slice(0, 8)) {
    const key = side.many ? `${side.path}.$contains` : side.path
    const { body } = await send(`GET /${side.collection}?_page=0&${key}=${target}`)
    const found = (body.result as DictValue[]).map((item) => idOf(item)).toSorted()
    const shown = [...items].flatMap(([id, item]) =>
      linkedAt(item, side).includes(target) ? id : [],
    )
    if (side.fill && JSON.stringify(found) !== JSON.stringify(shown.toSorted()))
      faults.push(
        `${side.collection}?${key}=${target}: found ${found.join()}, shown in ${shown.join()}`,
      )
  }
  return faults
}

function uniqueFaults(stock: Stock, { name, stored }: Collection): string[] {
  const fields = stored.fields.flatMap(({ path, unique }) => (unique ? [[path]] : []))
  const indexes = stored.indexes.flatMap((index) =>
    index.unique ? [index.fields.map(({ path }) => path)] : [],
  )
  return [...fields, ...indexes].flatMap((paths) => {
    const seen = new Map<string, string>()
    return [...itemsOf(stock, name)].flatMap(([id, item]) => {
      const values = paths.map((path) => getAt(item, path.split('.')))
      if (values.includes(null)) return []
      const key = JSON.stringify(values)
      const before = seen.get(key)
      seen.set(key, id)
      return before === undefined
        ? []
        : [`${name}/${id}: ${paths.join()} ${key} is ${before}'s too`]
    })
  })
}

function ruleFaults(stock: Stock, { name, item: field }: Collection): string[] {
  return [...itemsOf(stock, name)].flatMap(([id, item]) => {
    const env: Env = {
      roots: { item, current_user: { _id: '000', login: 'ANONYMOUS', roles: [] } as Value },
      now: new Date().toISOString(),
      follow: (collection, one) => itemsOf(stock, collection).get(one),
      linked: () => [],
    }
    return checkItem(field, item, env).map(
      ({ path, message }) => `${name}/${id}: ${path}: ${message}`,
    )
  })
}
