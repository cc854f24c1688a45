/** Items of another collection, found by words that their labels or texts hold. */
import { useEffect, useState } from 'preact/hooks'
import { filterOf } from '../list/filters.ts'
import { labelField, labelOf, rememberLabel, searchFields } from '../list/labels.ts'
import { useSession } from '../state/session.ts'
import { useLoad, type Loaded } from '../state/use-load.ts'
import { runSelection, type Item } from '../wire/api.ts'
import { ALL } from '../wire/meta.ts'

export interface Found {
  readonly id: string
  readonly label: string
}

const AT_MOST = 10
const PAUSE_MS = 200

/** null: nothing is looked for */
export function useSearch(coll: string | null, words: string | null): Loaded<readonly Found[]> {
  const { collections } = useSession()
  const collection = collections.find(({ name }) => name === coll)
  const settled = useSettled(words)
  const key = coll === null || settled === null ? null : `${coll}?${settled}`
  return useLoad(key, async (signal) => {
    if (coll === null || !collection) return []
    const fields = searchFields(collection)
    const label = labelField(collection)
    const text = (settled ?? '').trim()
    const byWords = filterOf([], [], { text, fields })
    // an id that was copied finds its item too
    const filter =
      text === '' ? {} : { $or: [{ _id: text }, ...(fields.length > 0 ? [byWords] : [])] }
    const sort = label === null ? [] : [['_sort', label] as const]
    const query = [['_page', String(AT_MOST)], ['_total', 'false'], ...sort] as const
    const { result } = await runSelection<Item>(coll, { selection: ALL, filter, query }, signal)
    return result.map((item) => {
      const text = labelOf(item, collection)
      rememberLabel(coll, item._id, text)
      return { id: item._id, label: text }
    })
  })
}

/** What was typed, once the typing pauses. */
export function useSettled(words: string | null): string | null {
  const [settled, settle] = useState(words)
  useEffect(() => {
    if (words === null || settled === null) {
      settle(words)
      return undefined
    }
    const timer = setTimeout(() => settle(words), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [words])
  return settled
}
