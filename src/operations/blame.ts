/**
 * The operation of a batch that is at fault, put into its error as `operation: <index>`. Where the request is
 * one operation, errors stay as they are.
 */
import { backoError, BackoError, type Conflict } from '../errors.ts'
import { sameAt, type Steps } from './steps.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/** The error as that of an operation. */
export function atOperation(error: unknown, operation: number): BackoError {
  const known = error instanceof BackoError ? error : ours(error)
  const { status, message, code, title, errors, headers, extra, hint, cause } = known
  const told = { code, errors, headers, hint, cause, extra: { ...extra, operation } }
  return new BackoError(status, message, title === undefined ? told : { ...told, title })
}

/** What it says is for the log. */
const ours = (cause: unknown): BackoError =>
  backoError('BACKO_INTERNAL', 'something went wrong here; it has been logged', { cause })

/** Why a commit was refused, as the fault of the operation that asked for what could not be kept. */
export function blame(uow: UnitOfWork, conflict: Conflict, error: BackoError): BackoError {
  const { steps } = uow
  return steps ? atOperation(error, operationOf(uow, steps, conflict)) : error
}

function operationOf(uow: UnitOfWork, steps: Steps, conflict: Conflict): number {
  switch (conflict.kind) {
    case 'exists':
      return steps.made(conflict.collection, conflict.id)
    case 'unique':
      return lastRival(uow, steps, conflict)
    case 'version':
    case 'missing':
      return steps.wrote(conflict.collection, conflict.id)
    case 'count':
      return steps.linked(conflict.side, conflict.id)
    case 'select':
      return steps.current
    default:
      return conflict satisfies never
  }
}

/** Of those that want the value, two of the batch perhaps, the one that took it last. */
function lastRival(
  uow: UnitOfWork,
  steps: Steps,
  { collection, id, fields }: Extract<Conflict, { kind: 'unique' }>,
): number {
  const doc = uow.peek(collection, id)?.doc
  const rivals = uow
    .changedIn(collection)
    .filter((entry) => entry.doc && doc && sameAt(entry.doc, doc, fields))
  const taken = rivals.map((rival) => steps.gave(collection, rival.id, fields))
  return taken.length > 0 ? Math.max(...taken) : steps.current
}
