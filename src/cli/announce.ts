/** What `serve` says once it serves: where, what to try, and where the data is. */
import type { Config, StorageConfig } from '../config/config.ts'
import { shownUrl } from '../connectors/mongodb/shown-url.ts'

export interface Announcement {
  readonly url: string
  /** a command to copy */
  readonly curl: string
  /** a line a storage */
  readonly data: readonly string[]
}

/** @param address as `listen` gave it: `http://127.0.0.1:8080` */
export function announcement(config: Config, address: string): Announcement {
  const base = `${address}${config.server.prefix}/${config.name}`
  const [collection = '_meta'] = Object.keys(config.collections)
  const used = new Set(Object.values(config.collections).map(({ storage }) => storage))
  return {
    url: base,
    curl: `curl ${base}/${collection}`,
    data: Object.entries(config.storage)
      .filter(([name]) => used.has(name))
      .map(([name, storage]) =>
        used.size > 1 ? `${name}: ${placeOf(storage)}` : placeOf(storage),
      ),
  }
}

function placeOf(storage: StorageConfig): string {
  switch (storage.type) {
    case 'sqlite':
      return storage.path === ':memory:'
        ? 'in memory, gone at the end (sqlite)'
        : `${storage.path} (sqlite)`
    case 'yaml':
      return `${storage.path} (yaml)`
    case 'mongodb':
      return `${shownUrl(storage.url)} (mongodb)`
    case 'memory':
      return 'in memory, gone at the end'
  }
}
