/**
 * How many links each end of a relation may have: asked once for a whole transaction, of every end that it
 * touched. Knows nothing of how links are written.
 */
import type { FieldError } from '../errors.ts'
import type { RelationSide } from '../model/backoffice.ts'
import { nameFor } from './consequence.ts'
import { nearSide } from './link-name.ts'
import { collectionNamed, type UnitOfWork } from './unit-of-work.ts'

/** A list that is too short or too long, and the end at which it is. */
export interface LengthFault {
  readonly side: string
  readonly id: string
  readonly error: FieldError
}

/**
 * Lengths and requirements of every side that was touched, from whichever end; the commit then checks that
 * they still hold.
 */
export async function checkLengths(uow: UnitOfWork): Promise<FieldError[]> {
  return (await lengthFaults(uow)).map((fault) => fault.error)
}

/** The same, each with the end at which it is. */
export async function lengthFaults(uow: UnitOfWork): Promise<LengthFault[]> {
  const faults: LengthFault[] = []
  for (const [name, ids] of uow.links.touched()) {
    const side = name.endsWith('~') ? undefined : uow.running.backoffice.sides.get(name)
    if (!side || (!side.required && side.min === null && side.max === null)) continue
    const alive = [...ids].filter((id) => uow.peek(side.collection, id) !== null)
    const near = nearSide(side)
    for (const [id, { length }] of await uow.linked(near, alive)) {
      const message = lengthFault(side, length)
      if (message) faults.push({ side: name, id, error: await lengthError(uow, side, id, message) })
      else uow.check(near.storage, { kind: 'count', side: name, id, ...lengthsLike(side, length) })
    }
  }
  return faults
}

/** Told at the field of the body that made it so: mostly the other end of the link. */
async function lengthError(
  uow: UnitOfWork,
  side: RelationSide,
  id: string,
  message: string,
): Promise<FieldError> {
  const [entry] = await uow.load(collectionNamed(uow, side.collection), [id])
  const name = (entry && (await nameFor(uow, entry))) ?? `an item of ${side.collection}`
  return {
    path: `$.${side.reverse?.path ?? side.path}`,
    message: `${message}: ${side.path} of ${name}`,
  }
}

/** The lengths that will do as this one does: others may add and take away at the same time. */
function lengthsLike(side: RelationSide, length: number): { min: number; max: number } {
  const most = side.max ?? Number.MAX_SAFE_INTEGER
  const least = side.min ?? 0
  if (side.required) return { min: Math.max(1, least), max: most }
  // an empty list is allowed too, one in between is not
  if (least > 1) return length === 0 ? { min: 0, max: 0 } : { min: least, max: most }
  return { min: 0, max: most }
}

function lengthFault(side: RelationSide, length: number): string | null {
  if (length === 0) return side.required ? 'Cannot be empty' : null
  if (side.min !== null && length < side.min) return `Must have a length >= ${side.min}`
  if (side.max !== null && length > side.max) return `Must have a length <= ${side.max}`
  return null
}
