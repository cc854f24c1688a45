/**
 * The folder as a folder, and back. Only while nobody serves it: a server answers from memory and writes files when
 * it comes to it, so that files copied under it are of no one moment. Knows files; no items.
 */
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import type { StorageSchema } from '../connector.ts'
import { flushFile } from '../flush-file.ts'
import type { ReadyStore, StoreBackup } from '../store-backup.ts'
import { StoreUnavailable } from '../store-unavailable.ts'
import { makeFolder, unavailable } from './disk.ts'
import { layoutOf } from './folder.ts'
import { takeLock, type Lock } from './lock.ts'
import { yamlConnector } from './yaml-connector.ts'

const FOLDER = 'store'

export function yamlBackup(root: string, schema: StorageSchema): StoreBackup {
  const { own, lock } = layoutOf(root)
  const locked = (): Lock => {
    makeFolder(own)
    return withHint(() => takeLock(lock, root))
  }
  return {
    save: async (folder) => {
      await settle(root, schema)
      const held = locked()
      try {
        await cp(root, join(folder, FOLDER), { recursive: true, filter: isKept(root) })
      } catch (error) {
        throw unavailable(root, error)
      } finally {
        held.release()
      }
    },
    expectIdle: async () => {
      if (!existsSync(root)) return { filled: false }
      locked().release()
      return { filled: hasItems(root) }
    },
    ready: (folder) => ready({ root, lock: locked }, join(folder, FOLDER)),
  }
}

/** What a crash has left in the journal goes into the files. */
async function settle(root: string, schema: StorageSchema): Promise<void> {
  const connector = yamlConnector({ path: root })
  try {
    await connector.open(schema, { lenient: true })
  } catch (error) {
    throw withHintOf(error)
  }
  await connector.close()
}

function withHint<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw withHintOf(error)
  }
}

const withHintOf = (error: unknown): unknown =>
  error instanceof StoreUnavailable && error.message.includes('in use')
    ? new StoreUnavailable(error.message, {
        hint: 'Stop the server first: what it has not yet put into the files would be missed. Stores of type sqlite and mongodb can be saved while they are served.',
        cause: error,
      })
    : error

/** Of the program's own files only the names of fields are part of what is kept. */
const isKept =
  (root: string) =>
  (path: string): boolean =>
    !/^\.backo[\\/](?!fields\.json$)/.test(relative(root, path)) && basename(path) !== '.git'

const hasItems = (folder: string): boolean =>
  readdirSync(folder, { withFileTypes: true }).some((entry) => {
    if (entry.name.startsWith('.')) return false
    const path = join(folder, entry.name)
    return entry.isDirectory() ? readdirSync(path).length > 0 : true
  })

interface Target {
  readonly root: string
  readonly lock: () => Lock
}

async function ready({ root, lock }: Target, from: string): Promise<ReadyStore> {
  if (!existsSync(from)) throw new StoreUnavailable(`there is no folder ${from}`)
  const held = lock()
  const beside = `${root}.restore-${process.pid}`
  const former = `${root}.former-${process.pid}`
  const drop = async (): Promise<void> => {
    rmSync(beside, { recursive: true, force: true })
    held.release()
  }
  try {
    await cp(from, beside, { recursive: true })
  } catch (error) {
    await drop()
    throw unavailable(root, error)
  }
  return {
    swap: async () => {
      renameSync(root, former)
      try {
        renameSync(beside, root)
      } catch (error) {
        renameSync(former, root)
        throw unavailable(root, error)
      }
      flushFile(dirname(root))
      rmSync(former, { recursive: true, force: true })
    },
    drop,
  }
}
