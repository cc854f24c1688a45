/**
 * YAML document -> tree of nodes: aliases and `<<` followed within a limit, keys checked for being texts and
 * for being there once, variables filled in. Knows YAML, and no key of the format.
 */
import { isAlias, isMap, isScalar, isSeq, visit } from 'yaml'
import type { Alias, Node, Pair, ParsedNode, Scalar, YAMLMap, YAMLSeq } from 'yaml'
import { nearest } from '../nearest.ts'
import type { ConfigPath, Finding } from './config.ts'
import type { ConfigNode, MapEntry, ScalarNode, ScalarStyle, ScalarValue } from './node.ts'
import { locationOf, type SourceFile, type Span } from './source-file.ts'
import { MAX_DEPTH, type Report } from './syntax.ts'
import { plainScalar, substitute, type Environment } from './variables.ts'
import { offsetIn } from './scalar-offset.ts'

/** Nodes that aliases may add to a file: enough for any template, far from a bomb. */
export const MAX_ALIASED = 100_000

interface Reading {
  readonly file: SourceFile
  readonly environment: Environment
  readonly report: Report
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
  context: { readonly environment: Environment; readonly report: Report },
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

/** What each alias means: the last anchor of its name before it. */
function readAnchors(top: ParsedNode): {
  targets: ReadonlyMap<Alias, Node>
  anchors: ReadonlySet<string>
} {
  const anchors = new Map<string, Node>()
  const targets = new Map<Alias, Node>()
  visit(top, {
    Alias: (_key, node) => {
      const target = anchors.get(node.source)
      if (target) targets.set(node, target)
    },
    Value: (_key, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node)
    },
  })
  return { targets, anchors: new Set(anchors.keys()) }
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

function readScalar(reading: Reading, scalar: Scalar, path: ConfigPath): ScalarNode {
  const style = STYLES[scalar.type ?? 'PLAIN'] ?? 'plain'
  const span = spanOf(scalar)
  const node = { kind: 'scalar', file: reading.file, span, style, size: 1, height: 1 } as const
  if (typeof scalar.value !== 'string' || !scalar.value.includes('${'))
    return { ...node, value: valueOf(scalar) }
  const { text, problems } = substitute(scalar.value, reading.environment)
  for (const { message, hint, at, length } of problems) {
    const start = offsetIn({ ...node, value: scalar.value }, at) ?? span.start
    const place = { start, end: start + length }
    say(reading, { code: 'BACKO_CONFIG_VARIABLE', path, message, span: place, hint })
  }
  if (problems.length > 0) return { ...node, value: text, faulty: true }
  const plain = plainScalar(text)
  return style === 'plain'
    ? { ...node, value: plain, filled: { other: text } }
    : { ...node, value: text, filled: { other: plain } }
}

function valueOf({ value, source }: Scalar): ScalarValue {
  const simple = value === null || typeof value === 'number' || typeof value === 'boolean'
  return simple || typeof value === 'string' ? value : (source ?? null)
}

const STYLES: Readonly<Record<string, ScalarStyle>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
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

function nothing({ file }: Reading, span: Span, faulty = true): ScalarNode {
  const node = { kind: 'scalar', file, span, style: 'plain', value: null } as const
  return { ...node, size: 1, height: 1, ...(faulty ? { faulty } : {}) }
}

function spanOf(node: Node): Span {
  const [start, end] = node.range ?? [0, 0]
  return { start, end }
}

function say(
  { file, report }: Reading,
  found: Omit<Finding, 'severity' | 'hint' | 'location'> & {
    readonly span: Span
    readonly hint?: string | undefined
  },
): void {
  const { span, hint, ...finding } = found
  const location = locationOf(file, span)
  report({ severity: 'error', ...finding, ...(hint === undefined ? {} : { hint }), location })
}
