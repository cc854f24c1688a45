/** What of an item was changed, as the body of a PUT: those keys alone, so that nobody else's change is undone. */
import type { Scheme } from '../wire/meta.ts'
import { isDict, isSame, type Doc } from './path.ts'

/** Dicts are told key by key, as PUT merges them; everything else whole. Fields that do not exist are left out. */
export function changesBetween(stored: Doc, draft: Doc, scheme: Scheme): Doc {
  const changes: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(scheme)) {
    if (name.startsWith('_') || field.exists === false || !Object.hasOwn(draft, name)) continue
    const before = stored[name]
    const after = draft[name]
    if (isSame(before, after)) continue
    const inner = field.type_short === 'Dict' ? field.sub_scheme : undefined
    if (!inner || !isDict(after)) changes[name] = after ?? null
    else {
      const within = changesBetween(isDict(before) ? before : {}, after, inner)
      if (Object.keys(within).length > 0) changes[name] = within
    }
  }
  return changes
}

/** What a new item starts with: the defaults that are plain values. */
export function freshDraft(scheme: Scheme): Doc {
  const draft: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(scheme)) {
    if (name.startsWith('_')) continue
    if (field.type_short === 'Dict' && field.sub_scheme) {
      const within = freshDraft(field.sub_scheme)
      if (Object.keys(within).length > 0) draft[name] = within
    } else if (field.default !== null && field.default !== undefined && field.default !== 'func') {
      draft[name] = field.default
    }
  }
  return draft
}

/** The body of a POST: what was given. Fields that do not exist (any more) are left out. */
export const newItem = (draft: Doc, scheme: Scheme): Doc => changesBetween({}, draft, scheme)
