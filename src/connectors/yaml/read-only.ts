/**
 * A folder as it would be served, without a write to it: a copy is opened, where what a crash has left is put right.
 * Whoever holds the lock of the folder goes on.
 */
import { existsSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backoError } from '../../errors.ts'
import type { Connector } from '../connector.ts'
import { layoutOf } from './folder.ts'
import { yamlConnector } from './yaml-connector.ts'
import type { YamlOptions } from './yaml-connector.ts'

/** A folder that is not there is an empty store, and is not made. */
export function yamlReader({ path }: YamlOptions): Connector {
  let copy = ''
  let inner: Connector | null = null
  const use = (): Connector => {
    if (inner === null) throw backoError('BACKO_STORE_AWAY', 'The store is not open')
    return inner
  }
  return {
    async open(schema, options) {
      copy = await copied(path)
      inner = yamlConnector({ path: copy })
      await inner.open(schema, options)
    },
    async close() {
      await inner?.close()
      if (copy !== '') await rm(copy, { recursive: true, force: true })
    },
    read: async (collection, ids) => use().read(collection, ids),
    select: async (query) => use().select(query),
    explain: async (query) => {
      const plan = await use().explain?.(query)
      if (!plan) throw new TypeError('a folder can explain its lists')
      return plan
    },
    linked: async (query) => use().linked(query),
    commit: async (batch) => use().commit(batch),
    scan: (collection, batchSize) => use().scan(collection, batchSize),
    health: async () => use().health(),
  }
}

async function copied(path: string): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'backo-'))
  const { lock, root } = layoutOf(path)
  if (existsSync(root))
    await cp(root, copy, { recursive: true, filter: (from) => !from.startsWith(lock) })
  return copy
}
