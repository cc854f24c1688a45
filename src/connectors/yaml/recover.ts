/**
 * After a crash: what the journals hold is put into the files, all of it, once more if need be.
 * A file that is neither as it was before nor as a commit left it was edited since: it stays.
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Log } from '../log.ts'
import { codeOf, flushToDisk, makeFolder, removeFile, replaceFile } from './disk.ts'
import type { Layout } from './folder.ts'
import { hashOf } from './item-text.ts'
import { readJournal } from './journal.ts'
import type { FileChange, JournalEntry, LinkChange } from './journal-entry.ts'
import { linksText, linkText, readLinks } from './links-text.ts'
import type { LinkLine } from './links-text.ts'

export interface RecoverInput {
  readonly layout: Layout
  readonly log: Log
  /** are both ends of the relation the same field? */
  readonly symmetric: (relation: string) => boolean
}

/** Applies the journals; when it resolves they may be emptied. Gives the highest entry's number. */
export async function recover({ layout, log, symmetric }: RecoverInput): Promise<number> {
  const entries = layout.journals
    .flatMap((path) => readJournal(path) as readonly JournalEntry[])
    .toSorted((a, b) => a.n - b.n)
  const touched = new Set<string>()
  for (const [file, changes] of grouped(
    entries.flatMap((entry) => entry.files),
    (one) => one.file,
  )) {
    const path = join(layout.root, file)
    if (recoverFile(path, changes, layout)) touched.add(path)
    else log.warn({ file: path }, `${path}: was edited after the last run ended; it stays as it is`)
  }
  for (const [relation, changes] of grouped(
    entries.flatMap((entry) => entry.links),
    (one) => one.relation,
  )) {
    const path = layout.relation(relation)
    recoverLinks(path, changes, { layout, relation, symmetric: symmetric(relation) })
    touched.add(path)
  }
  for (const path of touched) await flushToDisk(path)
  for (const folder of new Set([...touched].map(dirname))) await flushToDisk(folder)
  if (entries.length > 0)
    log.info(
      { commits: entries.length },
      `recovered ${entries.length} commits after a run that did not end in order`,
    )
  return entries.at(-1)?.n ?? 0
}

function grouped<T>(
  values: readonly T[],
  keyOf: (value: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const value of values) {
    const group = groups.get(keyOf(value))
    if (group === undefined) groups.set(keyOf(value), [value])
    else group.push(value)
  }
  return groups
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

/** false when someone else changed the file */
function recoverFile(path: string, changes: readonly FileChange[], layout: Layout): boolean {
  const now = textOf(path)
  const hash = now === null ? null : hashOf(now)
  const last = changes.at(-1)?.text ?? null
  if (now === last) return true
  const ours = changes.some(
    ({ before, text }) => before === hash || (text === null ? null : hashOf(text)) === hash,
  )
  if (!ours) return false
  if (last === null) removeFile(path)
  else {
    makeFolder(dirname(path))
    replaceFile(path, layout.temporary, last)
  }
  return true
}

interface LinksInput {
  readonly layout: Layout
  readonly relation: string
  readonly symmetric: boolean
}

/** The links that the journal names are taken out and made again in its order: however many of them the file has. */
function recoverLinks(path: string, changes: readonly LinkChange[], input: LinksInput): void {
  makeFolder(dirname(path))
  // a line cut short by the crash is in the journal
  const text = (textOf(path) ?? '').replace(/[^\n]*$/, (rest) =>
    'lines' in readLinks(rest) ? rest : '',
  )
  const read = readLinks(text)
  if ('fault' in read) {
    // broken by hand: the lines wait there until it is mended
    const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`
    replaceFile(path, input.layout.temporary, whole + changes.map(linkText).join(''))
    return
  }
  const keyOf = ({ owner, other }: LinkLine): string =>
    JSON.stringify(input.symmetric && owner > other ? [other, owner] : [owner, other])
  const links = new Map<string, LinkLine>()
  const apply = (line: LinkLine): void => {
    const key = keyOf(line)
    if (!line.added) links.delete(key)
    else if (!links.has(key)) links.set(key, line)
  }
  read.lines.forEach(apply)
  for (const change of changes) links.delete(keyOf(change))
  changes.forEach(apply)
  replaceFile(path, input.layout.temporary, linksText(input.relation, links.values()))
}
