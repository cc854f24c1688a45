/**
 * Tree of nodes -> findings of the schema, and the scalars with variables that must be read the other way for the
 * place they stand in (`port: "${PORT}"` wants a number, `secret: ${SECRET}` a text, whatever its digits).
 */
import type { Finding } from './config.ts'
import { explain } from './explain.ts'
import { locate } from './locate.ts'
import { nodeAt, pathOf, toValue, type ConfigNode, type ScalarNode } from './node.ts'
import { accepts, kindOf } from './kinds.ts'
import type { SchemaError, Validator } from './validator.ts'

export interface Validated {
  readonly findings: readonly Finding[]
  readonly reread: ReadonlySet<ConfigNode>
}

export function validateNode(root: ConfigNode, validator: Validator): Validated {
  let errors = validator.validate(toValue(root))
  const reread = new Set<ConfigNode>()
  for (const error of errors) {
    const node = nodeAt(root, pathOf(root, error.at))
    if (node?.kind === 'scalar' && fitsOtherwise(node, error)) reread.add(node)
  }
  if (reread.size > 0) errors = validator.validate(toValue(root, { reread }))
  const findings = errors.flatMap((error) => {
    const explained = explain(error, { root, schema: validator.schema })
    if (!explained) return []
    const { finding, at } = explained
    return [{ ...finding, location: locate(root, finding.path, { at }) }]
  })
  return { findings, reread }
}

function fitsOtherwise({ filled }: ScalarNode, { keyword, params, schema }: SchemaError): boolean {
  if (!filled) return false
  if (keyword === 'type') return accepts([params['type']].flat().map(String), kindOf(filled.other))
  if (keyword === 'const') return schema['const'] === filled.other
  return (
    keyword === 'enum' && Array.isArray(schema['enum']) && schema['enum'].includes(filled.other)
  )
}
