/**
 * A folder as it would be served, without a write to it: a copy is opened, where what a crash has left is put right.
 * Whoever holds the lock of the folder goes on.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync } from 'node:fs'
import { cp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import type { Connector } from '../connector.ts'
import { folderFiles } from '../files/folder-files.ts'
import { layoutOf } from './folder.ts'
import { yamlConnector } from './yaml-connector.ts'
import type { YamlOptions } from './yaml-connector.ts'

/** A folder that is not there is an empty store, and is not made. */
export function yamlReader({ path }: YamlOptions): Connector {
  const copy = mkdtempSync(join(tmpdir(), 'backo-'))
  const inner = yamlConnector({ path: copy })
  return {
    ...inner,
    // too large to be copied, and only read
    files: folderFiles(layoutOf(path).files),
    async open(schema, options) {
      await copyItems(path, copy)
      await inner.open(schema, options)
    },
    async close() {
      await inner.close()
      await rm(copy, { recursive: true, force: true })
    },
  }
}

/** Is there a process that serves the folder, or one that has left without a word? */
export const isHeld = ({ path }: YamlOptions): boolean => existsSync(layoutOf(path).lock)

const TRIES = 20

/** Of one moment: what changes meanwhile is copied again. Of a folder that never rests the last copy is taken. */
async function copyItems(path: string, copy: string): Promise<void> {
  const { root, lock, files } = layoutOf(path)
  if (!existsSync(root)) return
  const filter = (from: string): boolean =>
    !from.startsWith(lock) && from !== files && !from.startsWith(files + sep)
  let before = await stateOf(root, filter)
  for (let i = 0; i < TRIES; i++) {
    const copied = await cp(root, copy, { recursive: true, filter }).then(
      () => true,
      (error: unknown) => {
        if (isGone(error)) return false
        throw error
      },
    )
    const after = await stateOf(root, filter)
    if (copied && after === before) return
    before = after
    if (i < TRIES - 1) await emptied(copy)
  }
}

async function emptied(folder: string): Promise<void> {
  for (const name of await readdir(folder))
    await rm(join(folder, name), { recursive: true, force: true })
}

const isGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'

/** The same text, as long as nothing is written. */
async function stateOf(folder: string, filter: (from: string) => boolean): Promise<string> {
  const hash = createHash('sha256')
  const look = async (at: string): Promise<void> => {
    if (!filter(at)) return
    try {
      const { mtimeNs, size, ino } = await stat(at, { bigint: true })
      hash.update(`${at} ${mtimeNs} ${size} ${ino}\n`)
    } catch (error) {
      if (!isGone(error)) throw error
    }
  }
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    await look(join(entry.parentPath, entry.name))
  }
  return hash.digest('hex')
}
