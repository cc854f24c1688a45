/**
 * Anchors and aliases of a YAML document. Knows YAML, and no key of the format.
 */
import { visit, type Alias, type Node, type ParsedNode } from 'yaml'

/** What each alias means: the last anchor of its name before it. */
export function readAnchors(top: ParsedNode): {
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
