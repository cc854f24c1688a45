/** Hooks of the races: what they read and write belongs to the transaction of the request that calls them. */
import { BackoError } from '../../src/errors.ts'
import type { ActionHook, DefaultHook, EventHook } from '../../src/operations/hooks/hook-types.ts'

/** Moves money, writes it down, and then fails, when it is told to. */
export const transfer: ActionHook = async ({ item, action, backoffice }) => {
  const { to: id, amount, fails } = action
  item.money -= amount
  await item.save()
  const to = await backoffice['accounts']?.load(id)
  if (!to) throw new BackoError(400, 'no such account')
  to.money += amount
  await to.save()
  await backoffice['moves']?.create({ from: item._id, to: id, amount })
  if (fails) throw new BackoError(400, 'refused at the end')
  if (item.money < 0) throw new BackoError(400, 'not enough')
}

/** The day's total, made when it is not there yet. */
export const addUp: EventHook = async ({ item, backoffice }) => {
  const known = await backoffice['totals']?.selectOne({ day: item.day })
  const total = known ?? backoffice['totals']?.new()
  if (!total) return
  total.set({ day: item.day, count: (total.count ?? 0) + 1 })
  await total.save()
}

/** The next number: one more than the highest there is. */
export const nextNumber: DefaultHook = async ({ backoffice }) => {
  const last = await backoffice['invoices']?.select({}, { sort: ['-number'], limit: 1 })
  return (last?.result[0]?.number ?? 0) + 1
}

/** Of those on call one must stay. */
export const leave: ActionHook = async ({ item, backoffice }) => {
  const on = await backoffice['doctors']?.select({ on: true })
  if ((on?.total ?? 0) < 2) throw new BackoError(400, 'nobody else is there')
  item.on = false
  await item.save()
}

/** Three items pass a unique value on. */
export const rotate: ActionHook = async ({ item, action, backoffice }) => {
  const others = []
  for (const id of action.others) others.push(await backoffice['seats']?.load(id))
  const all = [item, ...others]
  const values = all.map((one) => one?.['u'])
  for (const [i, one] of all.entries()) {
    if (!one) continue
    one['u'] = values[(i + 1) % values.length]
    await one.save()
  }
}

/** Nobody may be in. */
export const shutEmpty: ActionHook = async ({ item }) => {
  if (item.guests.length > 0) throw new BackoError(400, 'somebody is in')
  item.open = false
  await item.save()
}

/** Is there none called first yet? */
export const isFirst: EventHook = async ({ item, backoffice }) => {
  item.first = await backoffice['names']?.load('first').then(
    () => false,
    () => true,
  )
}
