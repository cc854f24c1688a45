/** Links of a file that had to wait until all items were there: put in the order of the rows, a transaction a batch. */
import { BackoError, type FieldError } from '../errors.ts'
import { setLinks } from '../operations/link.ts'
import { nearSide } from '../operations/link-name.ts'
import { isOfItems } from '../operations/put-items.ts'
import { rehearse, transact } from '../operations/transaction.ts'
import { collectionNamed, loadEntry, type UnitOfWork } from '../operations/unit-of-work.ts'
import { errorsOf, faultOf, type ImportJob, type LateLinks } from './import-batch.ts'
import type { RowFault } from './row.ts'

/** Those that can't be, told; the others are linked. */
export async function linkLate(
  job: ImportJob,
  links: readonly LateLinks[],
): Promise<readonly RowFault[]> {
  if (links.length === 0) return []
  try {
    const work = async (uow: UnitOfWork): Promise<() => Promise<readonly RowFault[]>> => {
      uow.trusting = true
      uow.readsAll = true
      await load(uow, job, links)
      for (const link of links) {
        const errors = await linkOne(uow, link)
        if (errors.length > 0) throw new Refused(link, errors)
      }
      return async () => {
        job.dry?.keep(uow)
        return []
      }
    }
    return await (job.dry ? rehearse(job.context(), work) : transact(job.context(), work))
  } catch (error) {
    if (error instanceof Refused) {
      const rest = links.filter((link) => link !== error.link)
      return [faultOf(error.link.row, error.errors), ...(await linkLate(job, rest))]
    }
    if (!(error instanceof BackoError) || !isOfItems(error)) throw error
    const [only, ...others] = links
    if (only && others.length === 0) return [faultOf(only.row, errorsOf(error))]
    const middle = Math.ceil(links.length / 2)
    return [
      ...(await linkLate(job, links.slice(0, middle))),
      ...(await linkLate(job, links.slice(middle))),
    ]
  }
}

class Refused extends Error {
  readonly link: LateLinks
  readonly errors: readonly FieldError[]
  constructor(link: LateLinks, errors: readonly FieldError[]) {
    super('a link was refused')
    this.link = link
    this.errors = errors
  }
}

async function load(
  uow: UnitOfWork,
  { dry }: ImportJob,
  links: readonly LateLinks[],
): Promise<void> {
  const wanted = new Map<string, string[]>()
  for (const { row, id, list } of links)
    for (const [name, ids] of [
      [row.collection.name, [id]],
      [list.side.target, list.ids],
    ] as const)
      wanted.set(name, [...(wanted.get(name) ?? []), ...ids])
  for (const [name, ids] of wanted) {
    const collection = collectionNamed(uow, name)
    const all = [...new Set(ids)]
    dry?.bring(uow, collection, all)
    await uow.load(collection, all)
  }
  for (const side of new Set(links.map(({ list }) => list.side))) {
    const near = links.filter(({ list }) => list.side === side).map(({ id }) => id)
    await uow.linked(nearSide(side), near)
  }
}

async function linkOne(
  uow: UnitOfWork,
  { row, id, list: { side, ids }, exact }: LateLinks,
): Promise<FieldError[]> {
  const entry = await loadEntry(uow, row.collection, id)
  if (!entry) return [{ path: `$.${side.path}`, message: 'the item is gone' }]
  const there = (await uow.linked(nearSide(side), [id])).get(id) ?? []
  if (!side.many) return setLinks(uow, entry, side, ids)
  return setLinks(uow, entry, side, exact ? ids : [...new Set([...there, ...ids])])
}
