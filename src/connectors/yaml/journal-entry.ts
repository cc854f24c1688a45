/**
 * What one commit writes, as the journal keeps it: whole texts of files, and lines for the files of
 * links. `before` and the texts tell, after a crash, which files someone else changed since.
 */
import type { LinkLine } from './links-text.ts'

export interface FileChange {
  /** from the root of the store */
  readonly file: string
  /** hash of the text that the file had; null when there was none */
  readonly before: string | null
  /** null: the file goes */
  readonly text: string | null
}

export interface LinkChange extends LinkLine {
  readonly relation: string
}

export interface JournalEntry {
  /** grows by one a commit, over both journals */
  readonly n: number
  readonly files: readonly FileChange[]
  readonly links: readonly LinkChange[]
}
