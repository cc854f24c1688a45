/** Sends what was changed, and says what came of it: kept, refused with places, or changed by somebody else meanwhile. */
import { useState } from 'preact/hooks'
import { changesBetween, newItem } from '../form/changes.ts'
import { placeFaults } from '../form/faults.ts'
import { bodyOf } from '../form/new-files.ts'
import type { Doc } from '../form/path.ts'
import type { Draft } from '../form/use-draft.ts'
import { createItem, updateItem, type Item } from '../wire/api.ts'
import type { Scheme } from '../wire/meta.ts'
import { Problem, wordsOf, type Reply } from '../wire/request.ts'
import type { Refused } from './form-errors.tsx'

export interface Stored {
  readonly item: Item
  readonly etag: string | null
}

export interface Saving {
  readonly isSaving: boolean
  readonly refused: Refused | null
  readonly forget: () => void
  /** @returns what is kept now; `conflict` when the item is not what it was; null when it was refused */
  readonly save: (etag?: string | null) => Promise<Stored | 'conflict' | null>
}

const EMPTY: Scheme = {}

/** @param stored null: it is created */
export function useSave(coll: string, stored: Stored | null, draft: Draft): Saving {
  const [isSaving, setSaving] = useState(false)
  const [refused, setRefused] = useState<Refused | null>(null)
  const scheme = draft.meta?.item.sub_scheme ?? EMPTY
  const save: Saving['save'] = async (etag = stored?.etag ?? null) => {
    setSaving(true)
    setRefused(null)
    try {
      const { body, etag: next } = await sent(coll, stored, { doc: draft.doc, scheme, etag })
      return { item: body, etag: next }
    } catch (error) {
      if (error instanceof Problem && error.status === 412) return 'conflict'
      const placed = placeFaults(error instanceof Problem ? error.faults : [], scheme)
      draft.setErrors(placed.errors)
      setRefused({
        ...placed,
        message: wordsOf(error),
        hint: error instanceof Problem ? error.hint : null,
      })
      return null
    } finally {
      setSaving(false)
    }
  }
  return { isSaving, refused, forget: () => setRefused(null), save }
}

function sent(
  coll: string,
  stored: Stored | null,
  {
    doc,
    scheme,
    etag,
  }: { readonly doc: Doc; readonly scheme: Scheme; readonly etag: string | null },
): Promise<Reply<Item>> {
  if (stored === null) return createItem(coll, bodyOf(newItem(doc, scheme)))
  const body = bodyOf(changesBetween(stored.item, doc, scheme))
  return updateItem(coll, stored.item._id, { body, ifMatch: etag })
}
