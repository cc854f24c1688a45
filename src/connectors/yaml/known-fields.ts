/**
 * Which fields each collection ever had, kept beside the journals: a key in an item's file that a model knew once
 * is data of an older model, which is kept; any other key is a mistake of the hand that wrote it.
 */
import { readFileSync } from 'node:fs'
import type { StorageSchema, StoredCollection } from '../connector.ts'
import { replaceFile } from './disk.ts'
import type { Layout } from './folder.ts'

/** Dotted paths, by folder. */
type KnownFields = ReadonlyMap<string, ReadonlySet<string>>

/** Did a model know a field at that path? Those of the model now are noted for the next one. */
export function knownFields(
  layout: Layout,
  schema: StorageSchema,
): (collection: StoredCollection, path: string) => boolean {
  const before = read(layout.fields)
  const now = new Map(before)
  for (const { source, formerSources = [], paths = [] } of schema.collections.values()) {
    const noted = [source, ...formerSources].flatMap((name) => [...(before.get(name) ?? [])])
    if (paths.length > 0) now.set(source, new Set([...noted, ...paths]))
  }
  if (sizeOf(now) > sizeOf(before)) replaceFile(layout.fields, layout.temporary, textOf(now))
  return ({ source }, path) => now.get(source)?.has(path) === true
}

const sizeOf = (known: KnownFields): number =>
  [...known.values()].reduce((sum, paths) => sum + paths.size, 0)

const textOf = (known: KnownFields): string =>
  `${JSON.stringify(Object.fromEntries([...known].map(([source, paths]) => [source, [...paths]])))}\n`

/** Nothing where the file is not there, or is not ours: then every key that the model lacks is a mistake. */
function read(path: string): KnownFields {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as unknown
    return new Map(
      Object.entries(value as object).map(([source, paths]) => [
        source,
        new Set(Array.isArray(paths) ? paths.filter((one) => typeof one === 'string') : []),
      ]),
    )
  } catch {
    return new Map()
  }
}
