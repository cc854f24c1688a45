/** Which field tells an item apart for people, and the labels of items that others refer to, fetched once a page. */
import { useEffect, useState } from 'preact/hooks'
import { textOf } from '../form/values.ts'
import { useSession } from '../state/session.ts'
import { runSelection, type Item } from '../wire/api.ts'
import { ALL, fieldsOf, type CollectionMeta } from '../wire/meta.ts'

const NAMES = ['title', 'name', 'label', 'login', 'subject']
const TEXTS: ReadonlySet<string> = new Set(['String', 'Email', 'Url', 'IpAddress', 'IpNetwork'])

export const isText = (type: string): boolean => TEXTS.has(type)

/** Well known names first, then what must be there, then other texts: the first that is set is the label. */
function labelFields(collection: CollectionMeta | undefined): readonly string[] {
  if (!collection) return []
  const texts = fieldsOf(collection).filter(
    ([, { type_short, exists, rights }]) =>
      TEXTS.has(type_short) && exists !== false && rights.read !== false,
  )
  const rank = ([name, { required }]: (typeof texts)[number]): number =>
    NAMES.includes(name) ? NAMES.indexOf(name) : NAMES.length + (required ? 0 : 1)
  return [...texts]
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, TRIED)
    .map(([name]) => name)
}

const TRIED = 3

/** The one that most items are called by; null where there is none. */
export const labelField = (collection: CollectionMeta | undefined): string | null =>
  labelFields(collection)[0] ?? null

/** The fields that a search for some words looks at. */
export function searchFields(collection: CollectionMeta): readonly string[] {
  return fieldsOf(collection)
    .filter(
      ([, { type_short, rights }]) =>
        (type_short === 'String' || type_short === 'Email' || type_short === 'Url') &&
        rights.read !== false,
    )
    .map(([name]) => name)
}

export const labelOf = (item: Item, collection: CollectionMeta | undefined): string =>
  labelFields(collection)
    .map((field) => textOf(item[field]))
    .find((text) => text !== '') ?? item._id

let known = new Map<string, Map<string, string>>()
let knownIn = 0
const AT_ONCE = 40

/** Labels by `_id`, of those that may be read; the rest have none. */
export function useLabels(
  coll: string | null,
  ids: readonly string[],
): ReadonlyMap<string, string> {
  const { collections, round } = useSession()
  const collection = collections.find(({ name }) => name === coll)
  const [, draw] = useState(0)
  const field = labelField(collection)
  if (round !== knownIn) {
    // what one may read is not for the next
    known = new Map()
    knownIn = round
  }
  const labels = labelsOf(coll ?? '')
  const wanted = collection && field !== null ? ids.filter((id) => !labels.has(id)) : []
  const key = wanted.join('\n')
  useEffect(() => {
    if (coll === null || field === null || wanted.length === 0) return
    const ask = async (some: readonly string[]): Promise<void> => {
      const query = [
        ['_page', String(some.length)],
        ['_fields', labelFields(collection).join(',')],
        ['_total', 'false'],
      ] as const
      const filter = { _id: { $in: some } }
      const { result } = await runSelection<Item>(coll, { selection: ALL, filter, query })
      for (const id of some) labels.set(id, id)
      for (const item of result) labels.set(item._id, labelOf(item, collection))
    }
    const parts = Array.from({ length: Math.ceil(wanted.length / AT_ONCE) }, (_, i) =>
      wanted.slice(i * AT_ONCE, (i + 1) * AT_ONCE),
    )
    // without a label an item is told by its id
    Promise.all(parts.map(ask)).then(
      () => draw((count) => count + 1),
      () => undefined,
    )
  }, [coll, field, key])
  return labels
}

function labelsOf(coll: string): Map<string, string> {
  const labels = known.get(coll) ?? new Map<string, string>()
  known.set(coll, labels)
  return labels
}

/** What was changed here is called otherwise from now on. */
export const forgetLabels = (coll: string): boolean => known.delete(coll)
export const rememberLabel = (coll: string, id: string, label: string): Map<string, string> =>
  labelsOf(coll).set(id, label)
