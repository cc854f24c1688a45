/** Rights given as hooks: code that answers yes or no for one item. */
import type { Backoffice, Collection, Right } from '../../model/backoffice.ts'
import type { Asked } from '../authorize.ts'
import { allFields } from '../read-plan.ts'
import type { UnitOfWork } from '../unit-of-work.ts'
import { wholeDocs } from './whole-docs.ts'

type HookRight = Extract<Right, { kind: 'hook' }>

/** `item` and `next` are copies: what the hook does to them changes nothing. */
export async function askHook(uow: UnitOfWork, right: HookRight, asked: Asked): Promise<boolean> {
  const { name, id, item, next, action, value } = asked
  const collection = ownerOf(uow.running.backoffice, right)
  const whole = async (doc: Asked['item']): Promise<object | null> => {
    if (!doc || !collection) return doc && structuredClone(doc)
    return structuredClone((await wholeDocs(uow, collection, [{ id: id ?? '', doc }]))[0] ?? null)
  }
  const context = {
    right: name,
    item: await whole(item),
    ...(next ? { next: await whole(next) } : {}),
    ...(action ? { action: structuredClone(action) } : {}),
    ...(value === undefined ? {} : { value: structuredClone(value) }),
  }
  return (await uow.ctx.runHook(uow, { name: right.name, context })).result === true
}

const owners = new WeakMap<Backoffice, ReadonlyMap<Right, Collection>>()

/** The collection whose items a right is asked about. */
function ownerOf(backoffice: Backoffice, right: Right): Collection | undefined {
  let known = owners.get(backoffice)
  if (!known) owners.set(backoffice, (known = collect(backoffice)))
  return known.get(right)
}

function collect({ collections }: Backoffice): ReadonlyMap<Right, Collection> {
  const found = new Map<Right, Collection>()
  for (const collection of collections.values()) {
    const { canRead, canCreate, canModify, canDelete, actions, item } = collection
    const rights = [canRead, canCreate, canModify, canDelete]
    for (const { exists, canExecute } of actions.values()) rights.push(exists, canExecute)
    for (const field of allFields(item)) rights.push(field.exists, field.canRead, field.canModify)
    for (const right of rights) if (right.kind === 'hook') found.set(right, collection)
  }
  return found
}
