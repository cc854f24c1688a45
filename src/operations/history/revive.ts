/**
 * A deleted item comes back as it was, under its `_id`: by the system, once the user may create such an item. Every
 * rule on values holds, and links to what has gone are dropped where a deletion would have dropped them.
 */
import type { FieldError } from '../../errors.ts'
import type { DictValue } from '../../expression/expr.ts'
import { readInto } from '../../model/values/accept.ts'
import { newWalk } from '../../model/values/walk.ts'
import { keysOf, omitAt } from '../at-path.ts'
import { emptyItem } from '../empty-item.ts'
import { fire } from '../hooks/events.ts'
import { save } from '../save.ts'
import { stampModified } from '../stamp.ts'
import type { Entry, UnitOfWork } from '../unit-of-work.ts'
import { unseenBy } from '../unseen.ts'
import type { AsOf } from './as-of.ts'
import { withoutGone } from './lost-links.ts'
import { withLinks } from './restore-body.ts'
import type { Kept } from './version-row.ts'

/** @throws BackoError 400 for what does not fit any more */
export async function revive(uow: UnitOfWork, past: AsOf, last: Kept): Promise<Entry> {
  const { collection, id } = past.entry
  const { doc, errors } = await withoutGone(uow, collection, withLinks(past, last.links))
  const read = readAgain(past, doc)
  const written = { entry: past.entry, before: past.doc, body: {}, lost: NOTHING_LOST }
  const entry = uow.create(collection, id, {}, last.doc)
  uow.restore(entry)
  await save(uow, {
    entry,
    before: emptyItem(uow, collection),
    isNew: true,
    system: true,
    doc: stampModified(uow.ctx, read.doc),
    accepted: { given: new Set(), claims: [], errors: [...errors, ...read.errors] },
    // who brings it back hears nothing of what can't be read
    unseen: await unseenBy(past.uow, written),
  })
  await fire(uow, 'saved', entry)
  return entry
}

const NOTHING_LOST: ReadonlySet<null> = new Set()

/** Its types may be others by now. Read onto itself: secrets stay as they are, and nothing is transformed twice. */
function readAgain(
  { entry }: AsOf,
  doc: DictValue,
): { readonly doc: DictValue; readonly errors: readonly FieldError[] } {
  const { item, computed } = entry.collection
  const given = computed.reduce((rest, { path }) => omitAt(rest, keysOf(path)), doc)
  const walk = newWalk()
  return { doc: readInto(item, doc, given, walk), errors: walk.errors }
}
