/**
 * Takes in what people changed in the files while they are served: new, changed and deleted items, and
 * links. A file that is gone is looked at twice, as editors replace files.
 */
import { basename, dirname } from 'node:path'
import type { Log } from '../log.ts'
import type { CollectionFolder, Taken } from './collection-folder.ts'
import { EXTENSION } from './file-name.ts'
import type { FileWriter } from './file-writer.ts'
import type { LinksFolder } from './links-folder.ts'

export interface HandEditsInput {
  readonly collections: ReadonlyMap<string, CollectionFolder>
  readonly links: LinksFolder
  readonly linksPath: string
  readonly writer: FileWriter
  readonly log: Log
  readonly exists: (path: string) => boolean
  /** an item was taken in, or the links of a relation */
  readonly taken: (path: string, taken: Taken) => void
  readonly linksTaken: (relation: string) => void
}

export class HandEdits {
  readonly #input: HandEditsInput
  readonly #folders: ReadonlyMap<string, CollectionFolder>
  #missing = new Set<string>()

  constructor(input: HandEditsInput) {
    this.#input = input
    this.#folders = new Map([...input.collections.values()].map((folder) => [folder.path, folder]))
  }

  /** Looks at these files; gives those to be looked at once more. */
  async changed(paths: readonly string[]): Promise<readonly string[]> {
    const again: string[] = []
    const missing = new Set<string>()
    let count = 0
    for (const path of paths) {
      if (++count % 64 === 0) await new Promise(setImmediate)
      // what is on its way to the file comes first; the writer keeps a hand edit that it overtakes
      if (this.#input.writer.pending(path)) again.push(path)
      else if (dirname(path) === this.#input.linksPath) this.#links(path)
      else if (this.#input.exists(path) || this.#missing.has(path)) this.#item(path)
      else {
        missing.add(path)
        again.push(path)
      }
    }
    this.#missing = missing
    return again
  }

  #item(path: string): void {
    const folder = this.#folders.get(dirname(path))
    const taken = folder?.take(basename(path, EXTENSION))
    if (taken === undefined || !('id' in taken)) return
    this.#input.log.info(
      { file: path, outcome: taken.outcome },
      `${path}: ${taken.outcome} by hand, taken in`,
    )
    this.#input.taken(path, taken)
  }

  #links(path: string): void {
    const relation = this.#input.links.take(path)
    if (relation === null) return
    this.#input.log.info({ file: path, outcome: 'changed' }, `${path}: changed by hand, taken in`)
    this.#input.linksTaken(relation)
  }
}
