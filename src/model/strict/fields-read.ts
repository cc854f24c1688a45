/** Which fields an expression reads, through references too. Knows the compiled model; runs nothing. */
import { childrenOf } from '../../expression/build.ts'
import type { Expr, Step } from '../../expression/expr.ts'
import type { Backoffice, Field } from '../backoffice.ts'

export interface FieldRead {
  readonly collection: string
  readonly field: Field
}

interface Place {
  readonly collection: string
  readonly path: string
}

const ITEMS = new Set(['item', 'next'])

/** Those that stand in Dicts, and the Dicts; each as often as it is read. `collection`: what `item` is of. */
export function fieldsRead(
  expr: Expr,
  collection: string,
  model: Backoffice,
): readonly FieldRead[] {
  const found: FieldRead[] = []
  const start: Place = { collection, path: '' }
  const walk = (node: Expr, names: ReadonlyMap<string, Place>): void => {
    if (node.kind === 'path') {
      const from = ITEMS.has(node.root) ? start : names.get(node.root)
      if (from) along(from, node.steps, model, found)
      return
    }
    if ('body' in node) {
      walk(node.list, names)
      const { list, name, body } = node
      const from =
        list.kind === 'path' ? (ITEMS.has(list.root) ? start : names.get(list.root)) : undefined
      const end = from && list.kind === 'path' ? along(from, list.steps, model, []) : undefined
      walk(body, end ? new Map([...names, [name, end]]) : names)
      return
    }
    for (const child of childrenOf(node)) walk(child, names)
  }
  walk(expr, new Map())
  return found
}

/** Where the steps lead; the fields that they pass are noted. */
export function along(
  from: Place,
  steps: readonly Step[],
  model: Backoffice,
  found: FieldRead[],
): Place {
  let { collection, path } = from
  for (const step of steps) {
    if (step.kind === 'follow') {
      collection = step.collection
      path = ''
      continue
    }
    const name = step.kind === 'key' ? step.name : model.sides.get(step.side)?.path
    if (name === undefined) continue
    path = step.kind === 'key' && path !== '' ? `${path}.${name}` : name
    const field = model.collections.get(collection)?.fieldAt.get(path)
    if (field) found.push({ collection, field })
  }
  return { collection, path }
}
