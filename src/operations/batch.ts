/**
 * `_batch`: several operations as one transaction. Each sees what those before it did, and has the rights that it
 * would have alone; the first that fails undoes them all. Knows nothing of methods and paths.
 */
import { Pace } from '../connectors/pace.ts'
import { QUERY_LIMIT, tooSlow } from '../connectors/query-limits.ts'
import { backoError, invalid } from '../errors.ts'
import type { Collection } from '../model/backoffice.ts'
import { actionIn, type ActionInput } from './action.ts'
import type { ItemAnswer } from './answer.ts'
import { referenceFaults, resolved, type Makes } from './batch-references.ts'
import { atOperation } from './blame.ts'
import type { Context, Pairs } from './context.ts'
import { createIn, type ItemsAnswer } from './create.ts'
import { deleteIn, type DeleteInput } from './delete.ts'
import { versionsIn } from './history/list-versions.ts'
import { listIn } from './list.ts'
import { patchIn, type PatchInput } from './patch.ts'
import { readIn } from './read.ts'
import { selectionIn, type SelectionInput } from './selection.ts'
import { Steps } from './steps.ts'
import { transact } from './transaction.ts'
import { updateIn, type UpdateInput } from './update.ts'
import type { UnitOfWork } from './unit-of-work.ts'

interface OnItem {
  readonly collection: Collection
  readonly id: string
}

/** An operation; `$ref:` may stand in `id`, in values of `query`, and in `body`. */
export type BatchOperation =
  | ({ readonly kind: 'read'; readonly query: Pairs } & OnItem)
  | ({ readonly kind: 'versions'; readonly query: Pairs } & OnItem)
  | { readonly kind: 'list'; readonly collection: Collection; readonly query: Pairs }
  | ({ readonly kind: 'select'; readonly collection: Collection } & Omit<
      SelectionInput,
      'filter'
    > & {
        /** a further filter, if there is one */
        readonly body: unknown
      })
  | {
      readonly kind: 'create'
      readonly collection: Collection
      readonly body: unknown
      readonly query: Pairs
    }
  | ({ readonly kind: 'update' } & OnItem & UpdateInput)
  | ({ readonly kind: 'patch' } & OnItem & PatchInput)
  | ({ readonly kind: 'delete' } & OnItem & DeleteInput)
  | ({ readonly kind: 'act'; readonly collection: Collection } & ActionInput)
  /** known to fail, in its turn */
  | { readonly kind: 'fail'; readonly error: unknown }

/** `text` is JSON, absent where there is nothing to tell; `etag` is without quotes. */
export interface BatchResult {
  readonly text?: string
  readonly etag?: string
}

/** Results in the order of the operations. Items that were written are shown as the whole batch has left them. */
export async function runBatch(
  ctx: Context,
  operations: readonly BatchOperation[],
): Promise<readonly BatchResult[]> {
  expectReferences(operations)
  return transact(ctx, async (uow) => {
    const steps = (uow.steps = new Steps())
    const made: (readonly string[])[] = []
    const answers: Done['answer'][] = []
    const room = new Room()
    const began = performance.now()
    const pace = new Pace()
    for (const [index, operation] of operations.entries()) {
      steps.current = index
      try {
        if (performance.now() - began > LONGEST) throw tooSlow(LONGEST)
        if (pace.due) await pace.rest()
        const { ids = [], answer } = await perform(uow, resolved(operation, made), room)
        made.push(ids)
        answers.push(answer)
      } catch (error) {
        throw atOperation(error, index)
      }
    }
    return async () => {
      const results: BatchResult[] = []
      for (const answer of answers) results.push(await answer())
      return results
    }
  })
}

function expectReferences(operations: readonly BatchOperation[]): void {
  const makes = operations.map(makesOf)
  for (const [index, operation] of operations.entries()) {
    const faults = referenceFaults(operation, index, makes)
    if (faults.length > 0) throw atOperation(invalid(faults), index)
  }
}

function makesOf(operation: BatchOperation): Makes {
  if (operation.kind !== 'create') return null
  return Array.isArray(operation.body) ? operation.body.length : 'one'
}

interface Done {
  /** of the items made */
  readonly ids?: readonly string[]
  /** asked when everything is kept */
  readonly answer: () => Promise<BatchResult>
}

async function perform(uow: UnitOfWork, operation: BatchOperation, room: Room): Promise<Done> {
  switch (operation.kind) {
    case 'read': {
      const { collection, id, query } = operation
      const { text, etag } = await readIn(uow, collection, id, query)
      const entry = uow.peek(collection.name, id)
      // what the batch itself has made of the item has no version yet
      return now(room, etag && entry && !uow.hasChanged(entry) ? { text, etag } : { text })
    }
    case 'versions': {
      const { collection, id, query } = operation
      return now(room, { text: await versionsIn(uow, collection, id, query) })
    }
    case 'list':
      return now(room, { text: await listIn(uow, operation.collection, operation.query) })
    case 'select': {
      const { collection, name, query, body } = operation
      const filter = body === undefined ? {} : { filter: body }
      return now(room, { text: await selectionIn(uow, collection, { name, query, ...filter }) })
    }
    case 'create': {
      const { collection, body, query } = operation
      const { ids, answer } = await createIn(uow, collection, body, query)
      return { ids, answer: async () => room.shown(await answer()) }
    }
    case 'update': {
      const answer = await updateIn(uow, operation.collection, operation.id, operation)
      return { answer: async () => room.shown(await answer()) }
    }
    case 'patch': {
      const answer = await patchIn(uow, operation.collection, operation.id, operation)
      return { answer: async () => room.shown(await answer()) }
    }
    case 'delete':
      await deleteIn(uow, operation.collection, operation.id, operation)
      return { answer: async () => ({}) }
    case 'act': {
      const answer = await actionIn(uow, operation.collection, operation)
      return { answer: async () => ({ text: await answer() }) }
    }
    case 'fail':
      throw operation.error
    default:
      return operation satisfies never
  }
}

function now(room: Room, result: { readonly text: string; readonly etag?: string }): Done {
  if (!room.take(result.text)) {
    throw backoError('BACKO_REQUEST_TOO_LARGE', 'the results of the batch are too large together', {
      hint: 'ask for fewer items, or for less of them with _fields',
    })
  }
  return { answer: async () => result }
}

/** Milliseconds after which no further operation of a batch is begun. */
const LONGEST = 2 * QUERY_LIMIT.run

/** Characters in all results of a batch. */
const MAX_ANSWER = 2 ** 25

/** A small batch must not ask for an answer that memory can't hold. */
class Room {
  #left = MAX_ANSWER

  take(text: string): boolean {
    const fits = text.length <= this.#left
    if (fits) this.#left -= text.length
    return fits
  }

  /** What is kept already can't fail any more: it is told by its `_id` where there is no room for all of it. */
  shown(answer: ItemAnswer | ItemsAnswer): BatchResult {
    const { text } = answer
    if ('ids' in answer) {
      return { text: this.take(text) ? text : JSON.stringify(answer.ids.map((_id) => ({ _id }))) }
    }
    const { _id, ...shown } = answer
    return this.take(text) ? shown : { ...shown, text: JSON.stringify({ _id }) }
  }
}
