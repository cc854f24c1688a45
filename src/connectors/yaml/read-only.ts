/**
 * A folder as it would be served, without a write to it: a copy is opened, where what a crash has left is put right.
 * Whoever holds the lock of the folder goes on.
 */
import { existsSync, mkdtempSync } from 'node:fs'
import { cp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

async function copyItems(path: string, copy: string): Promise<void> {
  const { root, lock, files } = layoutOf(path)
  if (!existsSync(root)) return
  const filter = (from: string): boolean => !from.startsWith(lock) && from !== files
  await cp(root, copy, { recursive: true, filter })
}
