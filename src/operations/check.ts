/** POST `_check`: would the value at one place of an item be refused? The rest of the item may be anything. */
import { describeFieldError, invalid, type FieldError } from '../errors.ts'
import type { DictValue } from '../expression/expr.ts'
import { pathKeys } from './path-keys.ts'
import type { Collection, Field } from '../model/backoffice.ts'
import { accept } from '../model/values/accept.ts'
import { checkItem, errorsUnder } from '../model/values/check.ts'
import { withDefaults } from '../model/values/defaults.ts'
import { allowed, mayReadSome } from './authorize.ts'
import type { Context } from './context.ts'
import { asDict } from './input.ts'
import { fieldAlong } from './field-along.ts'
import { loadAhead } from './load-ahead.ts'
import { UnitOfWork } from './unit-of-work.ts'
import { writePlan } from './write-plan.ts'

/** JSON text of `{ error }`: null, or the message with its path and value. */
export async function checkValue(
  ctx: Context,
  collection: Collection,
  body: unknown,
): Promise<string> {
  mayReadSome(ctx, collection)
  const { item, path } = asDict(body)
  const keys = typeof path === 'string' ? pathKeys(path) : null
  if (!keys?.ok)
    throw invalid([{ path: '$.path', message: 'Must be a selector', value: path ?? null }])
  const uow = new UnitOfWork(ctx)
  const faults = await faultsOf(uow, collection, asDict(item ?? null))
  const at = selectorOf(keys.value)
  const field = fieldAlong(collection.item, keys.value)
  if (!field) return answer({ path: at, message: 'Unknown field' })
  const hidden = !(await readableField(uow, collection, keys.value))
  if (hidden) return answer(null)
  return answer(errorsUnder(faults, at)[0] ?? null)
}

const answer = (fault: FieldError | null): string =>
  JSON.stringify({ error: fault ? describeFieldError(fault) : null })

async function faultsOf(
  uow: UnitOfWork,
  collection: Collection,
  item: DictValue,
): Promise<FieldError[]> {
  const accepted = accept(collection.item, null, item, { env: uow.env({}) })
  const { given } = accepted
  const doc = withDefaults(collection.item, accepted.doc, uow.env({ item: accepted.doc }), given)
  await loadAhead(uow, writePlan(collection).crossing, { item: [{ id: null, doc }] })
  return [...accepted.errors, ...checkItem(collection.item, doc, uow.env({ item: doc }))]
}

/** `['lines', '0', 'price']` -> `$.lines[0].price` */
const selectorOf = (keys: readonly string[]): string =>
  keys.reduce((path, key) => (/^\d+$/.test(key) ? `${path}[${key}]` : `${path}.${key}`), '$')

/** What one may not read can't be found out by its rules either. */
async function readableField(
  uow: UnitOfWork,
  collection: Collection,
  keys: readonly string[],
): Promise<boolean> {
  let field: Field | undefined = collection.item
  for (const key of keys) {
    field = /^\d+$/.test(key) ? field?.items?.[0] : field?.fields?.get(key)
    if (!field) return true
    if (!(await allowed(uow, field.canRead, { name: 'read', id: null, item: null }))) return false
  }
  return true
}
