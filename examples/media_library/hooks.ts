/** The rules of the library that expressions can't say. No build step: `backo serve` loads this file as it is. */
import { BackoError } from 'backo'
import type { ActionHook, DefaultHook, EventHook, RightHook } from 'backo'

/** An admin lets people in; while there is nobody, the first one lets himself in. */
export const mayJoin: RightHook = async ({ backoffice, currentUser }) =>
  currentUser.has_role('ADMIN') || (await backoffice.users.select({}, { limit: 1 })).total === 0

/** The first one runs the library. */
export const firstRoles: DefaultHook = async ({ backoffice }) => {
  const { total } = await backoffice.users.select({}, { limit: 1 })
  return total === 0 ? ['ADMIN'] : ['USER']
}

/** Answers the roles that the user has now. */
export const toggleRole: ActionHook = async ({ item, action, currentUser }) => {
  const roles: readonly string[] = item.roles ?? []
  const has = roles.includes(action.role)
  if (has && action.role === 'ADMIN' && item._id === currentUser._id) {
    throw new BackoError(409, 'nobody takes the role ADMIN from himself')
  }
  item.roles = has ? roles.filter((role) => role !== action.role) : [...roles, action.role]
  await item.save()
  return { login: item.login, roles: item.roles }
}

/** A book that is out is not deleted. */
export const keepWhatIsOut: EventHook = ({ item, log }) => {
  if (!item.borrowed) return
  log.info({ book: item._id }, 'a book that is out was to be deleted')
  throw new BackoError(409, `${item.title} is out`)
}
