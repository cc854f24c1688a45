/**
 * An item to the text of its file and back. Unset fields are left out, for reading's sake; the
 * collection's `complete` puts them back. The last line is a comment with the number of the write, so
 * that the same content written again is another version; a hand edit changes the hash.
 */
import { createHash } from 'node:crypto'
import type { DictValue, Value } from '../../expression/expr.ts'
import type { StoredCollection } from '../connector.ts'
import { setOwn } from '../memory/frozen-copy.ts'
import { idOf, nameOf } from './file-name.ts'
import { readYaml } from './read-yaml.ts'
import type { YamlFault } from './read-yaml.ts'
import { writeYaml } from './write-yaml.ts'

const NUMBER = /(?:^|\n)# version ([0-9a-z]{1,12})\s*$/

/** 66 bits over a file's text */
export const hashOf = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 11)

/** The version of an item is the number of its write, and the hash of its file. */
export function versionOf(text: string): string {
  return `${NUMBER.exec(text)?.[1] ?? '0'}.${hashOf(text)}`
}

/** The number of the write that a text tells, 0 when it tells none. */
export const writeNumberOf = (text: string): number => {
  const number = parseInt(NUMBER.exec(text)?.[1] ?? '0', 36)
  return Number.isSafeInteger(number) ? number : 0
}

/** Dicts of the model, by dotted path: only in these may unset members be left out. */
export function dictPaths(stored: StoredCollection): ReadonlySet<string> {
  const paths = new Set<string>([''])
  for (const { path } of stored.fields) {
    const keys = path.split('.')
    for (let length = 1; length < keys.length; length++) paths.add(keys.slice(0, length).join('.'))
  }
  return paths
}

/** The text of an item's file. */
export function textOf(doc: DictValue, dicts: ReadonlySet<string>, writeNumber: number): string {
  const body = writeYaml(withoutUnset(doc, dicts, ''))
  return `${body}# version ${writeNumber.toString(36)}\n`
}

function withoutUnset(dict: DictValue, dicts: ReadonlySet<string>, path: string): DictValue {
  const result: Record<string, Value> = {}
  for (const key of Object.keys(dict)) {
    const value = dict[key] ?? null
    if (value === null) continue
    const inner = path === '' ? key : `${path}.${key}`
    if (typeof value !== 'object' || Array.isArray(value) || !dicts.has(inner))
      setOwn(result, key, value)
    else {
      const some = withoutUnset(value as DictValue, dicts, inner)
      if (Object.keys(some).length > 0) setOwn(result, key, some)
    }
  }
  return result
}

export type ReadItem =
  { readonly id: string; readonly doc: DictValue } | { readonly fault: YamlFault }

/**
 * What a file holds, for the item that its name (without extension) stands for; an `_id` left out is
 * taken from the name.
 */
export function readItem(text: string, name: string): ReadItem {
  const read = readYaml(text)
  if ('fault' in read) return read
  const { value } = read
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { fault: { message: 'it is not a mapping of fields' } }
  const doc = value as DictValue
  const given = Object.hasOwn(doc, '_id') ? (doc['_id'] ?? null) : null
  if (typeof given === 'string' && nameOf(given) === name) return { id: given, doc }
  const id = given === null ? idOf(name) : null
  if (id !== null) return { id, doc: { ...doc, _id: id } }
  const told = given === null ? 'it has no _id' : `its _id is ${JSON.stringify(given)}`
  return { fault: { message: `${told}, which does not go with the name of the file` } }
}

/** The line (from 1) on which a fault of the model (`$.age: Must be an int`) most likely stands. */
export function lineOfFault(text: string, fault: string): number | undefined {
  const key = /^\$\.([^.:[\s]+)/.exec(fault)?.[1]
  if (key === undefined) return undefined
  const index = text.split('\n').findIndex((line) => line.startsWith(`${key}:`))
  return index < 0 ? undefined : index + 1
}
