/**
 * `include: [./collections/*.yaml]`: reads other files and merges their `collections`, `types` and `tests` into the
 * main one. Knows those keys and no more of the format.
 */
import { basename, dirname, relative } from 'node:path'
import { glob } from './glob.ts'
import type { ConfigNode, MapEntry, MapNode } from './node.ts'
import { readSource, type Reader } from './read-source.ts'
import { locationOf } from './source-file.ts'
import { nearest } from '../nearest.ts'

const MERGED = ['collections', 'types'] as const
/** a list: those of all files, one after the other */
const JOINED = 'tests'
const MAX_INCLUDED = 1000

/** The main file's map with those of the files it includes; files that can't be read are reported. */
export async function withIncludes(main: MapNode, reader: Reader): Promise<MapNode> {
  const node = main.entries.get('include')?.node
  if (!node) return main
  const entries = new Map(main.entries)
  for (const file of await includedFiles(node, main, reader)) {
    const source = await readSource(file, reader)
    if (!source) continue
    if (source.kind === 'map') mergeFile(entries, source, reader)
    else
      report(reader, source, 'an included file must be a map of "collections", "types" and "tests"')
  }
  return { ...main, entries }
}

/** Each file once, however many patterns find it; never the main file itself. */
async function includedFiles(
  node: ConfigNode,
  main: MapNode,
  reader: Reader,
): Promise<ReadonlySet<string>> {
  const all = new Set<string>()
  const patterns = node.kind === 'list' ? node.items : [node]
  for (const pattern of patterns) {
    // a variable that is missing, or no text at all: said elsewhere
    if (pattern.kind !== 'scalar' || pattern.faulty || typeof pattern.value !== 'string') continue
    reader.includes.push(pattern.value)
    const files = await glob(pattern.value, dirname(main.file.name))
    if (files.length === 0)
      report(reader, pattern, `no file matches "${pattern.value}"`, hintFor(pattern.value))
    for (const file of files) if (file !== main.file.name) all.add(file)
  }
  if (all.size <= MAX_INCLUDED) return all
  report(reader, node, `more than ${MAX_INCLUDED} files to include`)
  return new Set()
}

function hintFor(pattern: string): string {
  return pattern.startsWith('/')
    ? 'a pattern is relative to this file'
    : 'a pattern is relative to the folder of this file: ./collections/*.yaml'
}

function mergeFile(entries: Map<string, MapEntry>, source: MapNode, reader: Reader): void {
  for (const [name, entry] of source.entries) {
    if (name.startsWith('x-')) continue
    const section = MERGED.find((known) => known === name)
    if (name === JOINED) joinLists(entries, entry)
    else if (section) mergeSection(entries, section, { entry, reader })
    else refuseKey(name, entry, reader)
  }
}

function mergeSection(
  entries: Map<string, MapEntry>,
  section: string,
  { entry, reader }: { readonly entry: MapEntry; readonly reader: Reader },
): void {
  const into = entries.get(section)
  if (!into || into.node.kind !== 'map' || entry.node.kind !== 'map') {
    // a section that is not a map is left to the check of the whole
    if (!into || into.node.kind === 'map') entries.set(section, entry)
    return
  }
  const merged = new Map(into.node.entries)
  for (const [name, added] of entry.node.entries) {
    const first = merged.get(name)
    if (!first || name.startsWith('x-')) merged.set(name, added)
    else refuseTwice([section, name], first, { added, reader })
  }
  entries.set(section, { key: into.key, node: { ...into.node, entries: merged } })
}

/** What is no list is left to the check of the whole. */
function joinLists(entries: Map<string, MapEntry>, entry: MapEntry): void {
  const into = entries.get(JOINED)
  if (into?.node.kind !== 'list' || entry.node.kind !== 'list') {
    if (!into || into.node.kind === 'list') entries.set(JOINED, entry)
    return
  }
  const items = [...into.node.items, ...entry.node.items]
  entries.set(JOINED, { key: into.key, node: { ...into.node, items } })
}

function refuseTwice(
  path: readonly string[],
  first: MapEntry,
  { added, reader }: { readonly added: MapEntry; readonly reader: Reader },
): void {
  const { file, line } = locationOf(first.key.file, first.key.span)
  const shown = relative(dirname(added.key.file.name), file) || basename(file)
  reader.report({
    severity: 'error',
    code: 'BACKO_CONFIG_DUPLICATE',
    path,
    message: `"${path.at(-1)}" is here twice; the first is in ${shown}, line ${line}`,
    location: locationOf(added.key.file, added.key.span),
  })
}

function refuseKey(name: string, { key }: MapEntry, reader: Reader): void {
  const near = nearest(name, [...MERGED, JOINED])
  reader.report({
    severity: 'error',
    code: 'BACKO_CONFIG_UNKNOWN_KEY',
    path: [name],
    message: `"${name}" has no place in an included file`,
    hint: near
      ? `did you mean "${near}"?`
      : 'it may hold "collections", "types", "tests" and "x-" keys',
    location: locationOf(key.file, key.span),
  })
}

function report(reader: Reader, node: ConfigNode, message: string, hint?: string): void {
  const location = locationOf(node.file, node.span)
  const path = ['include']
  const finding = { severity: 'error', code: 'BACKO_CONFIG_INCLUDE', path, message } as const
  reader.report({ ...finding, location, ...(hint === undefined ? {} : { hint }) })
}
