/** A backup: the files of every store and a manifest, in a folder that is there whole or not at all. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { StorageConfig } from '../config/config.ts'
import { storeBackup } from '../connectors/backups.ts'
import { flushFile } from '../connectors/flush-file.ts'
import type { Backoffice } from '../model/backoffice.ts'
import { BadTransfer } from './bad-transfer.ts'
import { filesOf, MANIFEST, modelHash, type Manifest } from './manifest.ts'
import { storesOf } from './stores-of.ts'

export interface Backup {
  readonly backoffice: Backoffice
  readonly storage: Readonly<Record<string, StorageConfig>>
  /** of the program */
  readonly version: string
  /** absolute */
  readonly folder: string
  /** told before each store */
  readonly begins: (storage: string) => void
}

/** @throws BadTransfer, StoreUnavailable: nothing is left then */
export async function writeBackup(backup: Backup): Promise<Manifest> {
  const { backoffice, version, folder } = backup
  expectFree(folder)
  const stores = storesOf(backup)
  const at = new Date().toISOString()
  const beside = `${folder}.${process.pid}.tmp`
  try {
    // hashes of passwords are in it
    mkdirSync(beside, { recursive: true, mode: 0o700 })
    for (const { name, config, schema } of stores) {
      const store = await storeBackup(config, schema)
      backup.begins(name)
      const own = join(beside, encodeURIComponent(name))
      mkdirSync(own)
      await store.save(own)
    }
    const files = await filesOf(beside)
    for (const { path } of files) flushFile(join(beside, path))
    const manifest: Manifest = {
      backo_backup: 1,
      version,
      application: backoffice.name,
      config: backoffice.hash,
      model: modelHash(backoffice),
      at,
      storages: Object.fromEntries(stores.map(({ name, config }) => [name, { type: config.type }])),
      files,
    }
    writeFileSync(join(beside, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`)
    flushFile(join(beside, MANIFEST))
    if (existsSync(folder)) rmdirSync(folder)
    renameSync(beside, folder)
    flushFile(dirname(folder))
    return manifest
  } catch (error) {
    rmSync(beside, { recursive: true, force: true })
    throw asTold(error, folder)
  }
}

function expectFree(folder: string): void {
  if (!existsSync(folder)) return
  if (statSync(folder).isDirectory() && readdirSync(folder).length === 0) return
  throw new BadTransfer(
    `${folder} is there already`,
    'give a folder that is not there, or is empty',
  )
}

function asTold(error: unknown, folder: string): unknown {
  const isOfDisk = error instanceof Error && 'syscall' in error
  return isOfDisk
    ? new BadTransfer(`${folder} can't be written: ${error.message}`, undefined, error)
    : error
}
