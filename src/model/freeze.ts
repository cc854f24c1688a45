/** Closes what was open while the model was compiled: nothing of a Backoffice changes once it serves. */
import type { DictDraft } from './draft.ts'
import type { Relations } from './relations.ts'

export function freezeFields(dicts: Iterable<DictDraft>, { sides, relations }: Relations): void {
  for (const { origins } of dicts) for (const { field } of origins) Object.freeze(field)
  for (const side of sides.values()) Object.freeze(side)
  for (const relation of relations) Object.freeze(relation)
}
