/**
 * What a kind of store must do to be saved as files and brought back: by itself, while its connector is closed here
 * and perhaps open elsewhere. Knows no manifest.
 */

export interface StoreBackup {
  /**
   * Writes all that is kept, of one moment, into an empty folder.
   * @throws StoreUnavailable in words
   */
  readonly save: (folder: string) => Promise<void>
  /**
   * Is there anything in the store now? @throws StoreUnavailable when another program uses it. `force`: where that
   * can't be told for sure, it is not asked
   */
  readonly expectIdle: (how: { readonly force: boolean }) => Promise<{ readonly filled: boolean }>
  /** Looks at what was saved, and has it at hand beside the store: nothing of it is seen yet. */
  readonly ready: (folder: string) => Promise<ReadyStore>
}

export interface ReadyStore {
  /** puts it in the place of what is there */
  readonly swap: () => Promise<void>
  /** takes away what was not put in place, and lets go of everything */
  readonly drop: () => Promise<void>
}
