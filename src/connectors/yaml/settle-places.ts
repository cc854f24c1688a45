/**
 * Folders and files of links that were renamed: which of them hold something, and their names of now given to them.
 * For when nothing is served: a folder is renamed as a whole or, where both hold some, file by file. Cut short, it
 * goes on from there the next time.
 */
import {
  existsSync,
  mkdirSync,
  opendirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmdirSync,
  unlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import type { FormerPlace, StorageSchema } from '../connector.ts'
import { turnedEdge } from '../former-places.ts'
import type { Holdings } from '../former-places.ts'
import { codeOf, flushToDisk, replaceFileForGood } from './disk.ts'
import { EXTENSION } from './file-name.ts'
import type { Layout } from './folder.ts'
import { linksLeft, linksText, readLinks } from './links-text.ts'
import type { LinkLine } from './links-text.ts'

export function holdingsOf(layout: Layout): Holdings {
  return {
    items: (source) => hasItems(layout.collection(source)),
    edges: (source) => linesAt(layout.relation(source))?.length !== 0,
  }
}

function hasItems(folder: string): boolean {
  try {
    const entries = opendirSync(folder)
    try {
      for (let entry = entries.readSync(); entry !== null; entry = entries.readSync())
        if (isItem(entry.name)) return true
      return false
    } finally {
      entries.closeSync()
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

const isItem = (name: string): boolean => name.endsWith(EXTENSION) && !name.startsWith('.')

/** The links that a file has; null where it is broken. */
function linesAt(path: string, symmetric = false): readonly LinkLine[] | null {
  try {
    const read = readLinks(readFileSync(path, 'utf8'))
    return 'lines' in read ? [...linksLeft(read.lines, symmetric)] : null
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

/** What can't go to its place stays. */
export async function settlePlaces(
  layout: Layout,
  schema: StorageSchema,
  places: readonly FormerPlace[],
): Promise<void> {
  // those that are served first: what waits is put to them
  const inOrder = [...places].toSorted((a, b) => Number(b.served) - Number(a.served))
  for (const place of inOrder) {
    if (place.kind === 'items')
      moveFolder(layout.collection(place.from), layout.collection(place.to))
    else moveLinks(layout, schema, place)
  }
  for (const folder of [layout.links, layout.root]) await flushToDisk(folder)
}

function moveFolder(from: string, to: string): void {
  if (isFree(to)) return renameSync(from, to)
  mkdirSync(to, { recursive: true })
  for (const name of readdirSync(from).filter(isItem))
    if (!existsSync(join(to, name))) renameSync(join(from, name), join(to, name))
  removeEmpty(from)
}

/** Nothing is there, or an empty folder, which goes. */
const isFree = (folder: string): boolean => !existsSync(folder) || removeEmpty(folder)

/** False where something is in it. */
function removeEmpty(folder: string): boolean {
  try {
    rmdirSync(folder)
    return true
  } catch (error) {
    if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error
    return false
  }
}

function moveLinks(layout: Layout, schema: StorageSchema, { name, from, to }: FormerPlace): void {
  const relation = schema.relations.find((one) => one.name === name)
  if (relation === undefined) return
  const former = relation.formerSources?.find(({ source }) => source === from)
  const [old, now] = [layout.relation(from), layout.relation(to)]
  const [lines, there] = [old, now].map((path) => linesAt(path, relation.symmetric))
  // a broken file is someone's work: it stays
  if (!lines || !there) return
  const moved = lines.map((line) => turnedEdge({ ...relation, ...former }, line))
  const all = linksLeft([...there, ...moved], relation.symmetric)
  replaceFileForGood(now, layout.temporary, linksText(to, all))
  unlinkSync(old)
}
