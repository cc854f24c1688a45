/** What readers.ts and the threads that it starts say to each other: plain data. */
import type { PagePlan, PageRows } from './run-page.ts'
import type { Registration } from './sql-functions.ts'

/** Given at the start. */
export interface ReaderData {
  readonly path: string
}

/** Said once, when the thread has its connection. */
export const READY = 'ready'

export interface Asked {
  readonly plan: PagePlan
  /** that this thread does not know yet */
  readonly functions: readonly Registration[]
}

/** `took`: milliseconds */
export type Answer = (PageRows & { readonly took: number }) | { readonly fault: Fault }

/** An error: of a class it would lose all but its text. */
export interface Fault {
  readonly name: string
  readonly message: string
  /** of SQLite, or of the table of errors */
  readonly code: string
  readonly hint?: string | undefined
}
