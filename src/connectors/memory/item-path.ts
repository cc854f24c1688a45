/**
 * A path of an expression as indexes see it: keys of the item, perhaps ending at a linked side, or
 * passing through one Ref into another item.
 */
import type { Expr, Step } from '../../expression/expr.ts'

export interface ItemPath {
  readonly keys: readonly string[]
  /** the path ends at a derived side */
  readonly linked: { readonly side: string; readonly many: boolean } | null
  /** the keys are a Ref, and the path goes on in the item it names */
  readonly followed: {
    readonly ref: string
    readonly collection: string
    readonly tail: ItemPath
  } | null
}

export const keyPath = (path: ItemPath): string => path.keys.join('.')

/** null for what is not a path from `item`, or goes another way. */
export function pathOf(expr: Expr): ItemPath | null {
  return expr.kind === 'path' && expr.root === 'item' ? ofSteps(expr.steps) : null
}

function ofSteps(steps: readonly Step[]): ItemPath | null {
  const keys: string[] = []
  for (const [index, step] of steps.entries()) {
    if (step.kind === 'key') keys.push(step.name)
    else if (step.kind === 'linked')
      return index === steps.length - 1 ? { keys, linked: step, followed: null } : null
    else {
      const tail = ofSteps(steps.slice(index + 1))
      if (tail === null || keys.length === 0) return null
      return {
        keys: [],
        linked: null,
        followed: { ref: keys.join('.'), collection: step.collection, tail },
      }
    }
  }
  return keys.length === 0 ? null : { keys, linked: null, followed: null }
}
