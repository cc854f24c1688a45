/** Collections in an order in which what is referred to comes first, where there is one: an import then waits least. */
import type { Backoffice, Collection } from '../model/backoffice.ts'

export function inOrderOfReferences({ collections }: Backoffice): readonly Collection[] {
  const ordered = new Set<Collection>()
  const entered = new Set<Collection>()
  const visit = (collection: Collection): void => {
    if (entered.has(collection)) return
    entered.add(collection)
    const sides = collection.sides.filter((side) => side.kept === 'item')
    // what must be there first; what may be, after it
    for (const side of sides.toSorted((a, b) => Number(b.required) - Number(a.required))) {
      const target = collections.get(side.target)
      if (target) visit(target)
    }
    ordered.add(collection)
  }
  for (const collection of collections.values()) visit(collection)
  return [...ordered]
}
