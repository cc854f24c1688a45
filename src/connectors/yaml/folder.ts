/**
 * Where everything of a yaml store is:
 *   <path>/<collection>/<_id>.yml      the items
 *   <path>/_links/<relation>.yml       the links that are kept in no item
 *   <path>/_files/                    contents of files
 *   <path>/.backo/                     lock, journals, names of fields, and files on their way
 */
import { join } from 'node:path'
import { StoreUnavailable } from '../store-unavailable.ts'
import { EXTENSION, nameOf } from './file-name.ts'

const LINKS = '_links'
const FILES = '_files'
const OWN = '.backo'

export interface Layout {
  readonly root: string
  readonly links: string
  readonly files: string
  readonly own: string
  readonly lock: string
  readonly journals: readonly [string, string]
  readonly temporary: string
  /** which fields there ever were */
  readonly fields: string
  readonly collection: (source: string) => string
  readonly relation: (name: string) => string
}

export function layoutOf(root: string): Layout {
  const own = join(root, OWN)
  return {
    root,
    own,
    links: join(root, LINKS),
    files: join(root, FILES),
    lock: join(own, 'lock'),
    journals: [join(own, 'journal-1'), join(own, 'journal-2')],
    temporary: join(own, 'temporary'),
    fields: join(own, 'fields.json'),
    collection: (source) => {
      if (source === LINKS || source === FILES)
        throw new StoreUnavailable(`a collection can't be kept in ${source}: it has another use`)
      return join(root, nameOf(source))
    },
    relation: (name) => join(root, LINKS, nameOf(name) + EXTENSION),
  }
}
