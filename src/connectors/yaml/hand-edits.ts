/**
 * Takes in what people changed in the files while they are served: new, changed and deleted items, and
 * links. A file that is gone is looked at twice, as editors replace files.
 */
import { basename, dirname } from 'node:path'
import type { Log } from '../log.ts'
import type { CollectionFolder } from './collection-folder.ts'
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
  /** something was taken in */
  readonly taken: () => void
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
      if (dirname(path) === this.#input.linksPath) {
        await this.#links(path)
        continue
      }
      // what is on its way to the file wins; the writer keeps what it overtakes
      if (this.#input.writer.pending(path)) continue
      if (!this.#input.exists(path) && !this.#missing.has(path)) {
        missing.add(path)
        again.push(path)
      } else this.#item(path)
    }
    this.#missing = missing
    return again
  }

  #item(path: string): void {
    const folder = this.#folders.get(dirname(path))
    const outcome = folder?.take(basename(path, EXTENSION))
    if (outcome !== 'changed' && outcome !== 'created' && outcome !== 'deleted') return
    this.#input.log.info({ file: path, outcome }, `${path}: ${outcome} by hand, taken in`)
    this.#input.taken()
  }

  async #links(path: string): Promise<void> {
    // links that were committed but are not in the file yet would be lost
    await this.#input.writer.written()
    if (!this.#input.links.take(path)) return
    this.#input.log.info({ file: path }, `${path}: changed by hand, taken in`)
    this.#input.taken()
  }
}
