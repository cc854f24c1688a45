/** Which routes may be part of a batch, and the operation that each stands for, by the names of the table of routes. */
import type { Collection } from '../model/backoffice.ts'
import type { BatchOperation } from '../operations/batch.ts'
import type { Pairs } from '../operations/context.ts'

/** What an operation of a batch gives to its route. */
export interface BatchCall {
  readonly collection: Collection
  readonly params: Readonly<Record<string, string>>
  readonly query: Pairs
  readonly body: unknown
  /** the body is an RFC 7396 merge patch */
  readonly merge: boolean
  readonly ifMatch?: string
}

/** Null where the route may not be part of a batch. */
export function batchOperation(route: string, call: BatchCall): BatchOperation | null {
  const { collection, params, query, body, merge } = call
  const item = { collection, id: params['id'] ?? '', query }
  const match = call.ifMatch === undefined ? {} : { ifMatch: call.ifMatch }
  switch (route) {
    case 'readItem':
      return { kind: 'read', ...item }
    case 'listVersions':
      return { kind: 'versions', ...item }
    case 'listItems':
      return { kind: 'list', collection, query }
    case 'runSelection':
    case 'filterSelection':
      return { kind: 'select', collection, name: params['selection'] ?? '', query, body }
    case 'createItem':
      return { kind: 'create', collection, body, query }
    case 'updateItem':
      return { kind: 'update', ...item, body, ...match }
    case 'patchItem':
      return { kind: 'patch', ...item, body, merge, ...match }
    case 'deleteItem':
      return { kind: 'delete', ...item, ...match }
    case 'runAction':
      return { kind: 'act', ...item, action: params['action'] ?? '', body }
    default:
      return null
  }
}
