/**
 * After a crash: what the journals hold is put into the files, all of it, once more if need be.
 * A file that is neither as it was before nor as a commit left it was edited since: it stays. One that has
 * less than what a commit wrote lost it with the power: files are flushed only before the journal is emptied.
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Log } from '../log.ts'
import { codeOf, makeFolder, removeFile, replaceFile, replaceFileForGood } from './disk.ts'
import type { Layout } from './folder.ts'
import { hashOf } from './item-text.ts'
import { readJournal } from './journal.ts'
import type { FileChange, JournalEntry, LinkChange } from './journal-entry.ts'
import { linkKey, linksLeft, linksText, linkText, readLinks } from './links-text.ts'

export interface RecoverInput {
  readonly layout: Layout
  readonly log: Log
  /** are both ends of the relation the same field? */
  readonly symmetric: (relation: string) => boolean
}

/** A journal as it was found. */
export interface FoundJournal {
  readonly path: string
  /** bytes of its whole lines */
  readonly size: number
}

export interface Recovered {
  /** the highest number of an entry */
  readonly last: number
  /**
   * In the order in which they may be emptied: older commits first. Were the later ones gone alone, the next
   * recovery would bring back what they have deleted.
   */
  readonly journals: readonly [older: FoundJournal, later: FoundJournal]
  /** files that are as the journals say, and perhaps not on the disk yet */
  readonly touched: readonly string[]
}

/** Applies the journals; once what was touched is flushed they may be emptied. */
export function recover({ layout, log, symmetric }: RecoverInput): Recovered {
  const [one, two] = layout.journals.map((path) => {
    const { entries, size } = readJournal(path)
    return { path, size, entries: entries as readonly JournalEntry[] }
  })
  if (one === undefined || two === undefined) throw new TypeError('a store has two journals')
  const entries = [...one.entries, ...two.entries].toSorted((a, b) => a.n - b.n)
  const touched = applied(entries, { layout, log, symmetric })
  if (entries.length > 0)
    log.info(
      { commits: entries.length },
      `recovered ${entries.length} commits after a run that did not end in order`,
    )
  const isLater = (one.entries.at(-1)?.n ?? 0) > (two.entries.at(-1)?.n ?? 0)
  const journals = isLater ? ([two, one] as const) : ([one, two] as const)
  return { last: entries.at(-1)?.n ?? 0, journals, touched }
}

/** Gives the files that are as the entries say now. */
function applied(
  entries: readonly JournalEntry[],
  { layout, log, symmetric }: RecoverInput,
): readonly string[] {
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
  return [...touched]
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

function bytesOf(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

/** false when someone else changed the file */
function recoverFile(path: string, changes: readonly FileChange[], layout: Layout): boolean {
  const bytes = bytesOf(path)
  const now = bytes?.toString() ?? null
  const hash = now === null ? null : hashOf(now)
  const last = changes.at(-1)?.text ?? null
  if (now === last) return true
  const ours = changes.some(
    ({ before, text }) => before === hash || (text === null ? null : hashOf(text)) === hash,
  )
  if (!ours && !changes.some(({ text }) => isTorn(bytes, text))) return false
  if (last === null) removeFile(path)
  else {
    makeFolder(dirname(path))
    replaceFile(path, layout.temporary, last)
  }
  return true
}

/** Does the file have only some of the text: cut short, or zeros in places? No text here has a zero of its own. */
function isTorn(found: Buffer | null, text: string | null): boolean {
  if (found === null || text === null) return false
  const whole = Buffer.from(text)
  return found.length <= whole.length && found.every((byte, at) => byte === 0 || byte === whole[at])
}

interface LinksInput {
  readonly layout: Layout
  readonly relation: string
  readonly symmetric: boolean
}

/** The links that the journal names are taken out and made again in its order: however many of them the file has. */
function recoverLinks(path: string, changes: readonly LinkChange[], input: LinksInput): void {
  makeFolder(dirname(path))
  // a line that the crash has cut short, or never brought to the disk, is in the journal
  const text = (bytesOf(path)?.toString() ?? '')
    .replace(/^.*\0.*\n?/gm, '')
    .replace(/[^\n]*$/, (rest) => ('lines' in readLinks(rest) ? rest : ''))
  const read = readLinks(text)
  if ('fault' in read) {
    // broken by hand: the lines wait there until it is mended
    const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`
    replaceFileForGood(path, input.layout.temporary, whole + changes.map(linkText).join(''))
    return
  }
  const { symmetric } = input
  const named = new Set(changes.map((change) => linkKey(change, symmetric)))
  const others = read.lines.filter((line) => !named.has(linkKey(line, symmetric)))
  const left = linksLeft([...others, ...changes], symmetric)
  replaceFileForGood(path, input.layout.temporary, linksText(input.relation, left))
}
