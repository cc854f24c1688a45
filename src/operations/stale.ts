/**
 * Was a refusal built on what others have changed meanwhile? A value may seem taken only because who gives it up,
 * or has taken it, was read too early. Asked when a commit was refused for good.
 */
import type { Conflict } from '../errors.ts'
import { connectorOf, collectionOf } from './context.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/** An item that is no longer as this unit of work has read it. */
export async function staleRead(uow: UnitOfWork): Promise<Conflict | null> {
  for (const [name, known] of uow.known) {
    const read = [...known].filter(([, entry]) => entry === null || entry.stored !== null)
    if (read.length === 0) continue
    const connector = connectorOf(uow.running, collectionOf(uow.running, name).storage)
    const found = await connector.read(
      name,
      read.map(([id]) => id),
    )
    const at = read.findIndex(([, entry], i) => entry?.stored?.version !== found[i]?.version)
    const id = read[at]?.[0]
    if (id !== undefined) return { kind: 'version', collection: name, id }
  }
  return null
}
