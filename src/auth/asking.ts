/** Who looks at a token: what auth/ is given of a request. */
import type { OperationLog, Running } from '../operations/context.ts'

export interface Asking {
  readonly running: Running
  readonly log: OperationLog
}
