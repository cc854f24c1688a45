/**
 * The configuration as a tree of values with their places, whatever file, alias or merge they came from.
 * Knows no key of the format.
 */
import type { ConfigPath } from './config.ts'
import type { SourceFile, Span } from './source-file.ts'

export type ScalarValue = string | number | boolean | null
export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded'

interface Place {
  readonly file: SourceFile
  readonly span: Span
  /** nodes in it, aliases expanded, itself included */
  readonly size: number
  /** levels below it, itself included */
  readonly height: number
  /** something was already said about it: say nothing more, and use it for nothing */
  readonly faulty?: boolean
}

export interface ScalarNode extends Place {
  readonly kind: 'scalar'
  readonly style: ScalarStyle
  readonly value: ScalarValue
  /** a variable was filled in: `other` is how else the text may be read (`8080`, `"8080"`) */
  readonly filled?: { readonly other: ScalarValue }
}

export interface ListNode extends Place {
  readonly kind: 'list'
  readonly items: readonly ConfigNode[]
}

export interface MapEntry {
  readonly key: { readonly file: SourceFile; readonly span: Span }
  readonly node: ConfigNode
}

export interface MapNode extends Place {
  readonly kind: 'map'
  readonly entries: ReadonlyMap<string, MapEntry>
}

export type ConfigNode = ScalarNode | ListNode | MapNode

/** A plain object without prototype: a key named `__proto__` or `constructor` is a key like any other. */
export type PlainMap = { [key: string]: unknown }

export function plainMap(): PlainMap {
  return Object.create(null) as PlainMap
}

/** JSON Pointer of a path: a text that two equal paths share. */
export function pointerOf(path: ConfigPath): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** The path of a JSON Pointer (as Ajv gives it): indexes of lists become numbers. */
export function pathOf(root: ConfigNode, pointer: string): ConfigPath {
  const path: (string | number)[] = []
  let node: ConfigNode | undefined = root
  for (const raw of pointer.split('/').slice(1)) {
    const part = raw.replaceAll('~1', '/').replaceAll('~0', '~')
    const step: string | number = node?.kind === 'list' ? Number(part) : part
    path.push(step)
    node = node && childOf(node, step)
  }
  return path
}

export function childOf(node: ConfigNode, step: string | number): ConfigNode | undefined {
  if (node.kind === 'map') return node.entries.get(String(step))?.node
  if (node.kind === 'list') return node.items[Number(step)]
  return undefined
}

export function nodeAt(root: ConfigNode, path: ConfigPath): ConfigNode | undefined {
  let node: ConfigNode | undefined = root
  for (const step of path) node = node && childOf(node, step)
  return node
}

export interface ValueOptions {
  /** pointers of what is left out */
  readonly drop?: ReadonlySet<string>
  /** scalars to read the other way (`filled`) */
  readonly reread?: ReadonlySet<ConfigNode>
}

/** The values alone. */
export function toValue(node: ConfigNode, options: ValueOptions = {}, at = ''): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.filled && options.reread?.has(node) ? node.filled.other : node.value
    case 'list':
      return node.items.map((item, index) => toValue(item, options, `${at}/${index}`))
    case 'map': {
      const map = plainMap()
      for (const [key, { node: child }] of node.entries) {
        const pointer = at + pointerOf([key])
        if (!options.drop?.has(pointer)) map[key] = toValue(child, options, pointer)
      }
      return map
    }
  }
}
