/**
 * What the routes ask of operations/: given to the server, so that its tests can give others.
 */
import type * as operations from '../operations/index.ts'

/** All reject with BackoError for what a client can be told. Strings they give are JSON texts of bodies. */
export type Operations = Pick<
  typeof operations,
  | 'readItem'
  | 'listItems'
  | 'listVersions'
  | 'createItem'
  | 'updateItem'
  | 'patchItem'
  | 'deleteItem'
  | 'runSelection'
  | 'runAction'
  | 'checkValue'
  | 'describeApplication'
  | 'describeForItem'
  | 'checkHealth'
  | 'runBatch'
  | 'openEvents'
  | 'readFile'
  | 'receiveFiles'
  | 'discardUploads'
>
