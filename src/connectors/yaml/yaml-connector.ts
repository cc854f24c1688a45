/**
 * The connector of type `yaml`: one readable file an item, served from memory.
 * A commit is applied in memory, acknowledged when it is in the journal, and then put into the files.
 */
import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { backoError } from '../../errors.ts'
import type { Connector, StorageSchema } from '../connector.ts'
import { SILENT } from '../log.ts'
import type { Log } from '../log.ts'
import { scan } from '../memory/memory-connector.ts'
import { select } from '../memory/select.ts'
import { StoreUnavailable } from '../store-unavailable.ts'
import { CommitLog } from './commit-log.ts'
import { flushToDisk, makeFolder, unavailable } from './disk.ts'
import { FileWriter } from './file-writer.ts'
import { layoutOf } from './folder.ts'
import type { Layout } from './folder.ts'
import { Journal } from './journal.ts'
import { takeLock } from './lock.ts'
import type { Lock } from './lock.ts'
import { recover } from './recover.ts'
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
  store: YamlStore
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
    async open(schema) {
      if (open === null) open = await openFolder(layout, schema, log)
      else await reopen(open, { layout, schema, log })
    },
    async close() {
      if (open === null) return
      const { commits, store, lock } = open
      open = null
      store.close()
      await closeFolder(layout, { commits, store, lock })
    },
    read: async (collection, ids) => memory().read(collection, ids),
    select: async (query) => select(memory(), query),
    linked: async (query) => memory().linked(query),
    async commit(batch) {
      const { store, commits } = opened()
      const prepared = store.apply(batch)
      if (prepared.files.length > 0 || prepared.edges.length > 0) await commits.add(prepared)
      return { versions: prepared.versions }
    },
    scan: (collection, batchSize) =>
      scan((id, count) => opened().store.itemsAfter(collection, id, count), batchSize),
    unreadable: (collection) => opened().store.unreadable(collection),
    unserved: (collection, ids) => opened().store.unserved(collection, ids),
    async health() {
      opened()
      await flushToDisk(layout.own)
    },
  }
}

async function openFolder(layout: Layout, schema: StorageSchema, log: Log): Promise<Opened> {
  let lock: Lock | null = null
  try {
    makeFolder(layout.own)
    lock = takeLock(layout.lock, layout.root)
    return await openLocked({ layout, schema, log, lock })
  } catch (error) {
    lock?.release()
    throw error instanceof StoreUnavailable ? error : unavailable(layout.root, error)
  }
}

interface OpenInput {
  readonly layout: Layout
  readonly schema: StorageSchema
  readonly log: Log
}

async function openLocked(input: OpenInput & { readonly lock: Lock }): Promise<Opened> {
  const { layout, schema, log, lock } = input
  const relations = new Map(schema.relations.map((relation) => [relation.name, relation]))
  const symmetric = (name: string): boolean => relations.get(name)?.symmetric === true
  const { last, journals } = await recover({ layout, log, symmetric })
  const writer: FileWriter = new FileWriter({
    layout,
    log,
    links: () => opened.store.links,
    suspect: (path) => opened.store.suspects(path),
  })
  const store = new YamlStore({ schema, layout, log, writer })
  const commits = new CommitLog({
    journals: [await Journal.begin(journals[0]), await Journal.begin(journals[1])],
    writer,
    log,
    firstNumber: last + 1,
  })
  for (const folder of [layout.own, layout.root]) await flushToDisk(folder)
  // the name of our folder is in one that perhaps is not ours to read
  await flushToDisk(dirname(layout.root)).catch(() => undefined)
  const opened: Opened = { lock, writer, commits, store }
  return opened
}

async function reopen(opened: Opened, { layout, schema, log }: OpenInput): Promise<void> {
  await opened.commits.settled()
  const store = new YamlStore({ schema, layout, log, writer: opened.writer })
  opened.store.close()
  opened.store = store
  await flushToDisk(layout.root)
}

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
