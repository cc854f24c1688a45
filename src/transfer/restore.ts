/**
 * A backup put in the place of what the stores hold: looked at first, made ready beside every store, then put in
 * place. Knows no store's files.
 */
import { join } from 'node:path'
import type { StorageConfig } from '../config/config.ts'
import { storeBackup } from '../connectors/backups.ts'
import type { ReadyStore, StoreBackup } from '../connectors/store-backup.ts'
import type { Backoffice } from '../model/backoffice.ts'
import { BadTransfer } from './bad-transfer.ts'
import { readManifest, type Manifest } from './manifest.ts'
import { storesOf, type UsedStore } from './stores-of.ts'

export interface Restore {
  readonly backoffice: Backoffice
  readonly storage: Readonly<Record<string, StorageConfig>>
  /** absolute */
  readonly folder: string
  /** what the stores hold may be lost, and the backup may be another application's */
  readonly force: boolean
  /** told before each store */
  readonly begins: (storage: string) => void
}

/** @throws BadTransfer, StoreUnavailable: nothing is changed then, but where it says so */
export async function restoreBackup(restore: Restore): Promise<Manifest> {
  const { folder, force } = restore
  const manifest = await readManifest(folder)
  const stores = storesOf(restore)
  expectSame(restore, manifest, stores)
  const backups: (readonly [UsedStore, StoreBackup])[] = []
  for (const store of stores) backups.push([store, await storeBackup(store.config, store.schema)])
  for (const [{ name }, backup] of backups) {
    const { filled } = await backup.expectIdle({ force })
    if (filled && !force)
      throw new BadTransfer(
        `storage ${name} is not empty: what it holds would be lost`,
        'back it up first, then --force',
      )
  }
  const ready: ReadyStore[] = []
  try {
    for (const [{ name }, backup] of backups) {
      restore.begins(name)
      ready.push(await backup.ready(join(folder, encodeURIComponent(name))))
    }
    await swapAll(ready)
    return manifest
  } finally {
    for (const store of ready) await store.drop()
  }
}

async function swapAll(ready: readonly ReadyStore[]): Promise<void> {
  for (const [done, store] of ready.entries()) {
    try {
      await store.swap()
    } catch (error) {
      if (done === 0) throw error
      const reason = error instanceof Error ? error.message : String(error)
      throw new BadTransfer(
        `${done} of ${ready.length} storages are restored, then: ${reason}`,
        'run it again with --force',
        error,
      )
    }
  }
}

function expectSame(
  { backoffice, force }: Restore,
  { application, storages }: Manifest,
  stores: readonly UsedStore[],
): void {
  if (application !== backoffice.name && !force)
    throw new BadTransfer(
      `the backup is of ${application}, not of ${backoffice.name}`,
      'if it is meant so: --force',
    )
  const saved = new Map(Object.entries(storages).map(([name, { type }]) => [name, type]))
  for (const { name, config } of stores) {
    const type = saved.get(name)
    if (type === config.type) continue
    const what =
      type === undefined ? `has no storage ${name}` : `has ${name} as ${type}, not ${config.type}`
    throw new BadTransfer(
      `the backup ${what}`,
      'a backup goes back into the kind of store that it is of; backo export and import move to another',
    )
  }
}
