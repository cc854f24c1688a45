/**
 * YAML document -> tree of nodes: aliases and `<<` followed within a limit, keys checked for being texts and
 * for being there once. Knows YAML, and no key of the format.
 */
import { isAlias, isMap, isScalar, isSeq } from 'yaml'
import type { Alias, Node, Pair, ParsedNode, YAMLMap, YAMLSeq } from 'yaml'
import { nearest } from '../nearest.ts'
import { readAnchors } from './anchors.ts'
import type { ConfigPath } from './config.ts'
import type { ConfigNode, MapEntry } from './node.ts'
import { nothing, readScalar, say, spanOf, type ReadingFile } from './read-scalar.ts'
import { locationOf, type SourceFile } from './source-file.ts'
import { MAX_DEPTH } from './syntax.ts'

/** Nodes that aliases may add to a file: enough for any template, far from a bomb. */
export const MAX_ALIASED = 100_000

interface Reading extends ReadingFile {
  readonly targets: ReadonlyMap<Alias, Node>
  readonly anchors: ReadonlySet<string>
  /** nodes already read, shared by their aliases */
  readonly done: Map<Node, ConfigNode>
  readonly open: Set<Node>
  aliased: number
}

export function readNode(
  top: ParsedNode,
  file: SourceFile,
  context: Omit<ReadingFile, 'file'>,
): ConfigNode {
  const { targets, anchors } = readAnchors(top)
  const { environment, report } = context
  const reading: Reading = {
    file,
    environment,
    report,
    targets,
    anchors,
    done: new Map(),
    open: new Set(),
    aliased: 0,
  }
  return read(reading, top, [])
}

function read(reading: Reading, node: Node, path: ConfigPath): ConfigNode {
  if (isAlias(node)) return readAlias(reading, node, path)
  const known = reading.done.get(node)
  if (known) return known
  reading.open.add(node)
  const result = readFresh(reading, node, path)
  reading.open.delete(node)
  reading.done.set(node, result)
  return result
}

function readFresh(reading: Reading, node: Node, path: ConfigPath): ConfigNode {
  if (isMap(node)) return readMap(reading, node, path)
  if (isSeq(node)) return readList(reading, node, path)
  if (isScalar(node)) return readScalar(reading, node, path)
  return nothing(reading, spanOf(node))
}

function readAlias(reading: Reading, alias: Alias, path: ConfigPath): ConfigNode {
  const span = spanOf(alias)
  const fail = (message: string, hint?: string): ConfigNode => {
    say(reading, { code: 'BACKO_CONFIG_ALIAS', path, message, span, hint })
    return nothing(reading, span)
  }
  const target = reading.targets.get(alias)
  if (!target) {
    const near = nearest(alias.source, reading.anchors)
    return fail(
      `no anchor "&${alias.source}" before this alias`,
      near && `did you mean "*${near}"?`,
    )
  }
  if (reading.open.has(target)) return fail(`the alias "*${alias.source}" holds itself`)
  const node = read(reading, target, path)
  // said once: after that no alias is followed
  if (reading.aliased > MAX_ALIASED) return nothing(reading, span)
  reading.aliased += node.size
  if (reading.aliased > MAX_ALIASED)
    return fail(`aliases make more than ${MAX_ALIASED} values out of this file`)
  if (node.height + path.length > MAX_DEPTH)
    return fail(`nested more than ${MAX_DEPTH} levels deep`)
  return node
}

function readList(reading: Reading, list: YAMLSeq, path: ConfigPath): ConfigNode {
  const items = list.items.map((item, index) => read(reading, item as Node, [...path, index]))
  return { kind: 'list', file: reading.file, span: spanOf(list), items, ...extent(items) }
}

function readMap(reading: Reading, map: YAMLMap, path: ConfigPath): ConfigNode {
  const entries = new Map<string, MapEntry>()
  const merged: MapEntry['node'][] = []
  for (const pair of map.items as Pair<Node, Node | null>[]) {
    if (isMergeKey(pair.key)) merged.push(...readMerge(reading, pair, path))
    else readPair(reading, pair, { entries, path })
  }
  return {
    kind: 'map',
    file: reading.file,
    span: spanOf(map),
    entries: merged.length === 0 ? entries : mergeEntries(entries, merged),
    ...extent([...merged, ...[...entries.values()].map(({ node }) => node)]),
  }
}

function readPair(
  reading: Reading,
  pair: Pair<Node, Node | null>,
  into: { readonly entries: Map<string, MapEntry>; readonly path: ConfigPath },
): void {
  const { entries, path } = into
  const span = spanOf(pair.key)
  const name = keyOf(pair.key)
  if (name === undefined) {
    say(reading, { code: 'BACKO_CONFIG_SYNTAX', path, message: 'a key must be a text', span })
    return
  }
  const here = [...path, name]
  const node = pair.value ? read(reading, pair.value, here) : nothing(reading, span, false)
  const first = entries.get(name)
  if (first) {
    const line = locationOf(reading.file, first.key.span).line
    const message = `"${name}" is here twice; the first is in line ${line}`
    say(reading, { code: 'BACKO_CONFIG_DUPLICATE', path: here, message, span })
    return
  }
  entries.set(name, { key: { file: reading.file, span }, node })
}

function readMerge(
  reading: Reading,
  pair: Pair<Node, Node | null>,
  path: ConfigPath,
): ConfigNode[] {
  const span = spanOf(pair.key)
  const value = pair.value
    ? read(reading, pair.value, [...path, '<<'])
    : nothing(reading, span, false)
  const sources = value.kind === 'list' ? value.items : [value]
  if (sources.every((source) => source.kind === 'map' || source.faulty)) return [...sources]
  const message = '"<<" takes a map, or a list of maps'
  say(reading, { code: 'BACKO_CONFIG_SYNTAX', path, message, span, hint: 'write <<: *anchor' })
  return []
}

/** What a map says itself goes before what it merges, and an earlier merge before a later one. */
function mergeEntries(
  own: ReadonlyMap<string, MapEntry>,
  merged: readonly ConfigNode[],
): ReadonlyMap<string, MapEntry> {
  const all = new Map<string, MapEntry>()
  for (const source of merged) {
    if (source.kind !== 'map') continue
    for (const [name, entry] of source.entries) if (!all.has(name)) all.set(name, entry)
  }
  for (const [name, entry] of own) all.set(name, entry)
  return all
}

function isMergeKey(key: Node): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.source === '<<'
}

function keyOf(key: Node): string | undefined {
  if (!isScalar(key)) return undefined
  return typeof key.value === 'string' ? key.value : key.source
}

function extent(children: readonly ConfigNode[]): { size: number; height: number } {
  let size = 1
  let height = 1
  for (const child of children) {
    size += child.size
    height = Math.max(height, child.height + 1)
  }
  return { size, height }
}
