/**
 * Path in the configuration -> place in the files. Follows includes, aliases and merges (the nodes know their
 * files), and the other spellings of a key.
 */
import { dirname } from 'node:path'
import { spellingsOf } from './aliases.ts'
import type { ConfigPath, ConfigSource, Location } from './config.ts'
import type { ConfigNode, MapEntry } from './node.ts'
import { offsetIn } from './scalar-offset.ts'
import { locationOf, type SourceFile } from './source-file.ts'

export function configSource(
  root: ConfigNode | undefined,
  {
    files,
    includes,
  }: { readonly files: readonly SourceFile[]; readonly includes: readonly string[] },
  file: string,
): ConfigSource {
  return {
    file,
    directory: dirname(file),
    texts: new Map(files.map(({ name, text }) => [name, text])),
    includes,
    ignores: (path, code) => root !== undefined && ignores(root, path, code),
    locate: (path, options = {}) =>
      root ? locate(root, path, options) : { file, line: 1, column: 1, length: 1 },
  }
}

const IGNORE = 'x-lint-ignore'
const PREFIX = 'BACKO_CONFIG_'

/** A list of codes, with or without what they all begin with, in any map on the way to the place. */
function ignores(root: ConfigNode, path: ConfigPath, code: string): boolean {
  let node: ConfigNode | undefined = root
  for (const step of [...path, '']) {
    const listed: ConfigNode | undefined =
      node?.kind === 'map' ? node.entries.get(IGNORE)?.node : undefined
    const codes = listed?.kind === 'list' ? listed.items : listed ? [listed] : []
    const named = codes.some(
      (each) =>
        each.kind === 'scalar' &&
        (each.value === code || `${PREFIX}${String(each.value)}` === code),
    )
    if (named) return true
    node = node && stepInto(node, step)?.node
  }
  return false
}

interface Found {
  readonly node: ConfigNode
  readonly key?: MapEntry['key'] | undefined
  /** the whole path was there */
  readonly whole: boolean
}

function find(root: ConfigNode, path: ConfigPath): Found {
  let found: Found = { node: root, whole: true }
  for (const step of path) {
    const next = stepInto(found.node, step)
    if (!next) return { ...found, whole: false }
    found = next
  }
  return found
}

function stepInto(node: ConfigNode, step: string | number): Found | undefined {
  if (node.kind === 'list') {
    const item = node.items[Number(step)]
    return item && { node: item, whole: true }
  }
  if (node.kind === 'scalar') return undefined
  for (const name of spellingsOf(String(step))) {
    const entry = node.entries.get(name)
    if (entry) return { node: entry.node, key: entry.key, whole: true }
  }
  return undefined
}

/** The place of a path in the tree, or of the nearest one that is there. */
export function locate(
  root: ConfigNode,
  path: ConfigPath,
  { at, range }: NonNullable<Parameters<ConfigSource['locate']>[1]>,
): Location {
  const { node, key, whole } = find(root, path)
  // of `name: String` there is no `type`, and of a missing key no place: the nearest is shown
  const wanted = at === 'key' && !whole && node.kind === 'scalar' ? 'value' : at
  if (key && (wanted === 'key' || node.kind !== 'scalar')) return locationOf(key.file, key.span)
  if (range && node.kind === 'scalar') {
    const start = offsetIn(node, range.start)
    const end = offsetIn(node, range.end)
    if (start !== undefined && end !== undefined)
      return locationOf(node.file, { start, end: Math.max(end, start + 1) })
  }
  return locationOf(node.file, spanShown(node, key))
}

/** An empty value is shown at its key, a map without key (the file itself, an item of a list) at its first key. */
function spanShown(node: ConfigNode, key: MapEntry['key'] | undefined): ConfigNode['span'] {
  const { start, end } = node.span
  if (key && key.file === node.file && start === end && node.kind === 'scalar') return key.span
  if (node.kind !== 'map') return node.span
  const [first] = node.entries.values()
  return first?.key.file === node.file && first.key.span.start === start
    ? first.key.span
    : node.span
}
