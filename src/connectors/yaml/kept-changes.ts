/**
 * The log of changes of a folder: a file a commit in `.backo/changes`, written with the commit, and read when the
 * store is opened. The folder is there only where somebody has ever asked for changes.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { ItemChange } from '../changes.ts'
import { KEPT } from '../changes.ts'
import type { ChangeRow, KeptLog, SaveLog } from '../memory/change-log.ts'
import { LocalChangeLog, MOST_LOCAL } from '../memory/change-log.ts'
import { makeFolder, removeFile, replaceFileForGood } from './disk.ts'
import type { Layout } from './folder.ts'
import type { FileChange } from './journal-entry.ts'

/** In a file of changes. */
interface KeptFile {
  /** milliseconds since 1970 */
  readonly at: number
  readonly changes: readonly ItemChange[]
}

const NAME = /^(\d{15})\.json$/

export interface KeptChanges {
  readonly log: LocalChangeLog
  /** the file in which a commit keeps its changes */
  readonly fileOf: (rows: readonly ChangeRow[]) => FileChange
  /** files of changes below that number go */
  readonly trim: (seq: number) => void
}

export function keptChanges({ root, own, temporary }: Layout): KeptChanges {
  const folder = join(own, 'changes')
  const state = join(folder, 'wanted.json')
  const save: SaveLog = ({ secret, wanted }) => {
    makeFolder(folder)
    const text = JSON.stringify({ secret, wanted: Object.fromEntries(wanted) })
    replaceFileForGood(state, temporary, `${text}\n`)
  }
  const pathOf = (seq: number): string => join(folder, `${String(seq).padStart(15, '0')}.json`)
  return {
    log: new LocalChangeLog(existsSync(state) ? load(folder, state) : undefined, save),
    fileOf: (rows) => ({
      file: relative(root, pathOf(rows[0]?.seq ?? 0)),
      before: null,
      text: `${JSON.stringify({ at: Date.now(), changes: rows.map(({ change }) => change) } satisfies KeptFile)}\n`,
    }),
    trim: (seq) => {
      for (const { first, path } of filesIn(folder)) if (first < seq) removeFile(path)
    },
  }
}

function filesIn(folder: string): readonly { readonly first: number; readonly path: string }[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const [, first] = NAME.exec(name) ?? []
      return first === undefined ? [] : { first: Number(first), path: join(folder, name) }
    })
}

function load(folder: string, state: string): KeptLog | undefined {
  const known = JSON.parse(readFileSync(state, 'utf8')) as {
    readonly secret: string
    readonly wanted: Readonly<Record<string, number>>
  }
  const rows: ChangeRow[] = []
  let next = 1
  for (const { first, path } of filesIn(folder)) {
    const { at, changes } = JSON.parse(readFileSync(path, 'utf8')) as KeptFile
    next = first + changes.length
    if (at < Date.now() - KEPT.age) removeFile(path)
    else rows.push(...changes.map((change, i) => ({ seq: first + i, change })))
  }
  return {
    secret: known.secret,
    wanted: new Map(Object.entries(known.wanted)),
    rows: rows.slice(-MOST_LOCAL),
    next,
  }
}
