/**
 * What an action's hook returns, as JSON text. An item in it goes out as this user may see it, in view client:
 * never with its secrets, whatever the hook read with the system's rights.
 */
import { collectionOf } from '../context.ts'
import { project, shownValue } from '../project.ts'
import { viewNamed } from '../query-options.ts'
import { readableIds } from '../readable.ts'
import type { UnitOfWork } from '../unit-of-work.ts'
import { placeOf, type ItemPlace } from './item-object.ts'

/** Throws at once for what JSON can't hold; the text is made once everything is kept. */
export function hookResult(uow: UnitOfWork, result: unknown): () => Promise<string> {
  const items: ItemPlace[] = []
  // JSON.stringify hands over what toJSON gave: items have none of their own, so they come as they are
  const text = JSON.stringify(result, (_key, value: unknown) => {
    const place = typeof value === 'object' && value !== null ? placeOf(value) : undefined
    return place ? `${MARK}${items.push(place) - 1}` : value
  }) as string | undefined
  if (text === undefined) return async () => 'null'
  if (items.length === 0) return async () => text
  return async () => {
    const shown: unknown[] = []
    for (const place of items) shown.push(await shownItem(uow, place))
    return JSON.stringify(JSON.parse(text, (_key, value: unknown) => unmark(value, shown)))
  }
}

/** No text of a hook begins like this: it is drawn anew for each process. */
const MARK = `item ${Math.random()} `

const unmark = (value: unknown, shown: readonly unknown[]): unknown =>
  typeof value === 'string' && value.startsWith(MARK)
    ? (shown[Number(value.slice(MARK.length))] ?? null)
    : value

async function shownItem(uow: UnitOfWork, { collection: name, id }: ItemPlace): Promise<unknown> {
  if (id === null) return null
  const collection = collectionOf(uow.running, name)
  const [entry] = await uow.load(collection, [id])
  if (!entry) return null
  if (!(await readableIds(uow, collection, [id])).has(id)) return { _id: id }
  const [shown] = await project(uow, collection, [entry], viewNamed(collection, 'client'))
  return shown ? shownValue(shown) : null
}
