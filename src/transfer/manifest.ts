/**
 * What a backup says of itself: which application, which model, when, and a checksum of each file. Checked before
 * anything of it is used. Knows no store.
 */
import { createHash } from 'node:crypto'
import { createReadStream, readFileSync, readdirSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { StorageConfig } from '../config/config.ts'
import type { Backoffice } from '../model/backoffice.ts'
import { BadTransfer } from './bad-transfer.ts'

export const MANIFEST = 'manifest.json'

export interface SavedFile {
  /** from the backup's folder, with / */
  readonly path: string
  /** bytes */
  readonly size: number
  readonly sha256: string
}

export interface Manifest {
  /** of the format */
  readonly backo_backup: 1
  /** version of the program */
  readonly version: string
  readonly application: string
  /** of the configuration's text */
  readonly config: string
  /** of what is stored of items: the same as long as items keep their shape */
  readonly model: string
  /** ISO time, when it was begun */
  readonly at: string
  readonly storages: Readonly<Record<string, { readonly type: StorageConfig['type'] }>>
  readonly files: readonly SavedFile[]
}

/** The same for models that keep the same. */
export function modelHash({ collections }: Backoffice): string {
  const kept = [...collections.values()].map(({ name, stored }) => [
    name,
    stored.source,
    stored.shape,
  ])
  return createHash('sha256').update(JSON.stringify(kept)).digest('hex').slice(0, 12)
}

/** Every file of a folder but the manifest, in order. */
export async function filesOf(folder: string): Promise<readonly SavedFile[]> {
  const files: SavedFile[] = []
  for (const path of pathsIn(folder)) {
    if (path === join(folder, MANIFEST)) continue
    const name = relative(folder, path).split(sep).join('/')
    files.push({ path: name, size: statSync(path).size, sha256: await sha256Of(path) })
  }
  return files
}

function* pathsIn(folder: string): Generator<string> {
  const entries = readdirSync(folder, { withFileTypes: true })
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* pathsIn(path)
    else yield path
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** @throws BadTransfer when the folder is no backup, or one that is not whole */
export async function readManifest(folder: string): Promise<Manifest> {
  const manifest = parsed(folder)
  const found = new Map((await filesOf(folder)).map((file) => [file.path, file]))
  for (const file of manifest.files) {
    const now = found.get(file.path)
    if (!now) throw damaged(folder, `${file.path} is missing`)
    if (now.sha256 !== file.sha256) throw damaged(folder, `${file.path} is not what was saved`)
    found.delete(file.path)
  }
  const [more] = found.keys()
  if (more !== undefined) throw damaged(folder, `${more} is not of it`)
  return manifest
}

const damaged = (folder: string, what: string): BadTransfer =>
  new BadTransfer(`the backup ${folder} is damaged: ${what}`, 'nothing was changed')

function parsed(folder: string): Manifest {
  let manifest: Manifest
  try {
    manifest = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8')) as Manifest
  } catch (error) {
    throw new BadTransfer(
      `${folder} is no backup`,
      'backo backup makes one: a folder with a manifest.json',
      error,
    )
  }
  const { backo_backup: format, files, storages } = manifest
  if (format !== 1)
    throw new BadTransfer(
      `${folder} is a backup of a later version`,
      'take a newer backo to restore it',
    )
  if (!Array.isArray(files) || typeof storages !== 'object' || storages === null)
    throw damaged(folder, 'its manifest says nothing')
  return manifest
}
