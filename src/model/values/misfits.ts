/**
 * What is wrong with a doc found in a store (hand edits, an older model), as lines for a log.
 * Expressions are not asked: they need a request.
 */
import { describeFieldError } from '../../errors.ts'
import type { DictValue, Env } from '../../expression/expr.ts'
import type { Field } from '../backoffice.ts'
import { readInto } from './accept.ts'
import { checkItem } from './check.ts'
import { formerPaths, moveRenamed, pathsOnce } from './former.ts'
import { newWalk } from './walk.ts'

const NO_ENV: Env = Object.freeze({
  roots: {},
  now: '1970-01-01T00:00:00.000Z',
  follow: () => undefined,
  linked: () => [],
})

/** Unknown fields, values of other types, rules of types that do not hold; empty when the doc fits. */
export function misfits(
  item: Field,
  doc: DictValue,
  isFormer: (path: string) => boolean = () => false,
): readonly string[] {
  const moved = moveRenamed(item, doc)
  const walk = newWalk()
  // read onto itself: secrets stay as they are, `_id` and `_meta` are equal
  const read = readInto(item, moved, moved, walk)
  const former = formerPaths(item)
  const faults = walk.errors.filter(({ path, message }) => {
    const dotted = path.replace(/^\$\.?/, '').replaceAll(/\[\d+\]/g, '')
    return (
      message !== 'Unknown field' ||
      (!former.has(dotted) && !pathsOnce(item, dotted).some(isFormer))
    )
  })
  const known = new Set(faults.map(({ path }) => path))
  const broken = checkItem(item, read, NO_ENV, { expressions: false })
  return [...faults, ...broken.filter(({ path }) => !known.has(path))].map(describeFieldError)
}
