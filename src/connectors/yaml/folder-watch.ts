/**
 * Tells which files of some folders have changed, a little after they did: editors write in several
 * steps. Says nothing of why; our own writes are told of too.
 */
import { watch } from 'node:fs'
import type { FSWatcher } from 'node:fs'
import { join } from 'node:path'

/** milliseconds */
const SETTLE = 50

export interface FolderWatchInput {
  readonly folders: readonly string[]
  /** file names end in this */
  readonly extension: string
  /** paths that changed; gives those that should be told again later */
  readonly changed: (paths: readonly string[]) => Promise<readonly string[]>
  readonly failed: (folder: string, error: unknown) => void
}

export class FolderWatch {
  readonly #input: FolderWatchInput
  readonly #watchers: FSWatcher[] = []
  #paths = new Set<string>()
  #telling: ReadonlySet<string> = new Set()
  #timer: NodeJS.Timeout | null = null
  #closed = false

  constructor(input: FolderWatchInput) {
    this.#input = input
    for (const folder of input.folders) this.#watch(folder)
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name?.endsWith(this.#input.extension) === true && !name.startsWith('.'))
          this.#add(join(folder, name))
      })
      watcher.on('error', (error) => this.#input.failed(folder, error))
      this.#watchers.push(watcher)
    } catch (error) {
      this.#input.failed(folder, error)
    }
  }

  /** Has this file changed, and was it not looked at since? */
  suspects(path: string): boolean {
    return this.#paths.has(path) || this.#telling.has(path)
  }

  #add(path: string): void {
    this.#paths.add(path)
    if (this.#timer === null && this.#telling.size === 0) this.#arm()
  }

  #arm(): void {
    if (!this.#closed) this.#timer = setTimeout(() => void this.#tell(), SETTLE).unref()
  }

  async #tell(): Promise<void> {
    this.#timer = null
    const paths = this.#paths
    this.#paths = new Set()
    this.#telling = paths
    const again = await this.#input.changed([...paths])
    this.#telling = new Set()
    for (const path of again) this.#paths.add(path)
    if (this.#paths.size > 0) this.#arm()
  }

  close(): void {
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    for (const watcher of this.#watchers) watcher.close()
  }
}
