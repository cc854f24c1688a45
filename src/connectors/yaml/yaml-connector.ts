/**
 * The connector of type `yaml`: one readable file an item, served from memory.
 * A commit is applied in memory, acknowledged when it is in the journal, and then put into the files.
 */
import { rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { backoError } from '../../errors.ts'
import { expectWanted, logOf } from '../changes.ts'
import type { Connector, FormerPlace, StorageSchema } from '../connector.ts'
import { placedIn, sourcesOf } from '../former-places.ts'
import { folderFiles } from '../files/folder-files.ts'
import { SILENT } from '../log.ts'
import type { Log } from '../log.ts'
import { scan } from '../memory/memory-connector.ts'
import { explain } from '../memory/explain.ts'
import { selectInPieces } from '../memory/select-in-pieces.ts'
import { StoreUnavailable } from '../store-unavailable.ts'
import { CommitLog } from './commit-log.ts'
import { flushToDisk, makeFolder, unavailable } from './disk.ts'
import { FileWriter } from './file-writer.ts'
import { keptChanges } from './kept-changes.ts'
import type { KeptChanges } from './kept-changes.ts'
import { layoutOf } from './folder.ts'
import type { Layout } from './folder.ts'
import { Journal } from './journal.ts'
import { takeLock } from './lock.ts'
import type { Lock } from './lock.ts'
import { recover } from './recover.ts'
import { holdingsOf, settlePlaces } from './settle-places.ts'
import { YamlStore } from './yaml-store.ts'

export interface YamlOptions {
  /** the folder; made when it is not there */
  readonly path: string
  readonly log?: Log
}

interface Opened {
  readonly lock: Lock
  readonly writer: FileWriter
  readonly commits: CommitLog
  readonly changes: KeptChanges
  store: YamlStore
  /** as it was asked for */
  schema: StorageSchema
  lenient: boolean
  former: readonly FormerPlace[]
}

/** A connector over a folder. Opened again with another schema, it reads the folder anew. */
export function yamlConnector({ path, log = SILENT }: YamlOptions): Connector {
  const layout = layoutOf(path)
  let open: Opened | null = null
  const opened = (): Opened => {
    if (open === null) throw backoError('BACKO_STORE_AWAY', 'The store is not open')
    return open
  }
  const memory = (): YamlStore['memory'] => opened().store.memory
  return {
    async open(schema, { lenient = false } = {}) {
      const input = { layout, schema, log, lenient }
      if (open === null) open = await openFolder(input)
      else await reopen(open, input)
    },
    async close() {
      if (open === null) return
      const { commits, store, lock } = open
      open = null
      store.close()
      await closeFolder(layout, { commits, store, lock })
    },
    read: async (collection, ids) => memory().read(collection, ids),
    select: async (query) => selectInPieces(memory(), query),
    explain: async (query) => explain(memory(), query),
    linked: async (query) => memory().linked(query),
    async commit(batch) {
      const { store, commits, changes } = opened()
      expectWanted(batch, changes.log.wanted())
      const prepared = store.apply(batch)
      const rows = changes.log.number(batch.changes?.items ?? [])
      const files = rows.length === 0 ? prepared.files : [...prepared.files, changes.fileOf(rows)]
      if (files.length > 0 || prepared.edges.length > 0) await commits.add({ ...prepared, files })
      const first = changes.log.append(rows)
      if (first !== null) changes.trim(first)
      return { versions: prepared.versions }
    },
    changes: logOf(() => opened().changes.log),
    scan: (collection, batchSize) =>
      scan((id, count) => opened().store.itemsAfter(collection, id, count), batchSize),
    unreadable: (collection) => opened().store.unreadable(collection),
    unserved: (collection, ids) => opened().store.unserved(collection, ids),
    unenforced: (collection) => opened().store.unenforced(collection),
    former: () => opened().former,
    async settle(names) {
      const before = opened()
      const { schema, lock, lenient } = before
      open = null
      try {
        await settleFolder(before, { layout, log, names })
      } finally {
        open = await openLocked({ layout, schema, log, lock, lenient })
      }
    },
    files: folderFiles(layout.files),
    async health() {
      opened()
      await flushToDisk(layout.own)
    },
  }
}

async function openFolder(input: OpenInput): Promise<Opened> {
  const { layout } = input
  let lock: Lock | null = null
  try {
    makeFolder(layout.own)
    lock = takeLock(layout.lock, layout.root)
    return await openLocked({ ...input, lock })
  } catch (error) {
    lock?.release()
    throw error instanceof StoreUnavailable ? error : unavailable(layout.root, error)
  }
}

interface OpenInput {
  readonly layout: Layout
  readonly schema: StorageSchema
  readonly log: Log
  readonly lenient: boolean
}

async function openLocked(input: OpenInput & { readonly lock: Lock }): Promise<Opened> {
  const { layout, schema, log, lock, lenient } = input
  const both = schema.relations.filter((relation) => relation.symmetric)
  const symmetric = new Set(both.flatMap((relation) => sourcesOf(relation)))
  const isSymmetric = (source: string): boolean => symmetric.has(source)
  const { last, journals, touched } = recover({ layout, log, symmetric: isSymmetric })
  const writer: FileWriter = new FileWriter({
    layout,
    log,
    links: () => opened.store.links,
    suspect: (path) => opened.store.suspects(path),
    touched,
  })
  const placed = placedIn(schema, holdingsOf(layout))
  const store = new YamlStore({ schema: placed.schema, layout, log, writer, lenient })
  const [older, later] = journals
  const commits = new CommitLog({
    journals: [Journal.resume(older.path, older.size), Journal.resume(later.path, later.size)],
    writer,
    log,
    firstNumber: last + 1,
  })
  for (const folder of [layout.own, layout.root]) await flushToDisk(folder)
  // the name of our folder is in one that perhaps is not ours to read
  await flushToDisk(dirname(layout.root)).catch(() => undefined)
  const { former } = placed
  const changes = keptChanges(layout)
  const opened: Opened = { lock, writer, commits, changes, store, schema, lenient, former }
  return opened
}

async function reopen(opened: Opened, { layout, schema, log, lenient }: OpenInput): Promise<void> {
  await opened.commits.settled()
  const placed = placedIn(schema, holdingsOf(layout))
  const store = new YamlStore({
    schema: placed.schema,
    layout,
    log,
    writer: opened.writer,
    lenient,
  })
  opened.store.close()
  Object.assign(opened, { store, schema, lenient, former: placed.former })
  await flushToDisk(layout.root)
}

interface Settling {
  readonly layout: Layout
  readonly log: Log
  readonly names: ReadonlySet<string>
}

/** Closed but for its lock: no journal may name a file by where it was. */
async function settleFolder(before: Opened, { layout, log, names }: Settling): Promise<void> {
  const { commits, store, schema, former } = before
  store.close()
  await commits.close()
  const places = former.filter(({ name }) => names.has(name))
  if (layout.journals.every(isEmptyFile)) await settlePlaces(layout, schema, places)
  else log.warn({}, 'not everything is in the files yet: nothing was moved')
}

const isEmptyFile = (path: string): boolean =>
  (statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0

async function closeFolder(
  layout: Layout,
  { commits, store, lock }: Pick<Opened, 'commits' | 'store' | 'lock'>,
): Promise<void> {
  try {
    await commits.close()
    for (const file of store.links.tidy()) await flushToDisk(file)
    rmSync(layout.temporary, { force: true })
  } finally {
    lock.release()
  }
}
