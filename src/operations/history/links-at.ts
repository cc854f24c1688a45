/** What was kept of the links of an item, by the names that its sides have now. */
import type { Collection, RelationSide } from '../../model/backoffice.ts'
import { formerPaths } from '../../model/values/former.ts'
import type { KeptLinks } from './version-row.ts'

/** undefined: nothing was kept of that side. */
export function linksAt(
  { item }: Collection,
  { path }: RelationSide,
  links: KeptLinks,
): readonly string[] | undefined {
  if (Object.hasOwn(links, path)) return links[path]
  for (const [former, field] of formerPaths(item)) {
    if (field.path === path && Object.hasOwn(links, former)) return links[former]
  }
  return undefined
}
