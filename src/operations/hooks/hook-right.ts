/** Rights given as hooks: code that answers yes or no for one item. */
import type { Asked } from '../authorize.ts'
import type { UnitOfWork } from '../unit-of-work.ts'

export async function askHook(uow: UnitOfWork, name: string, asked: Asked): Promise<boolean> {
  const { name: right, item, next, action } = asked
  const context = {
    right,
    item: structuredClone(item),
    ...(next ? { next: structuredClone(next) } : {}),
    ...(action ? { action: structuredClone(action) } : {}),
  }
  return (await uow.ctx.runHook(uow, { name, context })).result === true
}
