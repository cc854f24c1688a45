/** POST `_check`: would the value at one place of an item be refused? The rest of the item may be anything. */
import { describeFieldError, invalid, type FieldError } from '../errors.ts'
import type { DictValue } from '../expression/expr.ts'
import type { Collection, Field } from '../model/backoffice.ts'
import { checkItem, errorsUnder } from '../model/values/check.ts'
import { allowed, mayReadSome } from './authorize.ts'
import { hasAt } from './at-path.ts'
import type { Context } from './context.ts'
import { fieldAlong } from './field-along.ts'
import { asDict } from './input.ts'
import { withTypes } from './files/keep-files.ts'
import { partialItem } from './partial-item.ts'
import { pathKeys } from './path-keys.ts'
import { UnitOfWork } from './unit-of-work.ts'

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
  const given = asDict(item ?? {})
  const at = selectorOf(keys.value)
  if (!fieldAlong(collection.item, keys.value))
    return answer([{ path: at, message: 'Unknown field' }])
  const uow = new UnitOfWork(ctx)
  const { doc: partial, errors } = await partialItem(uow, collection, given)
  const doc = collection.companions.files ? await withTypes(collection, partial) : partial
  const seen = await standing(uow, collection, { keys: keys.value, doc })
  if (seen === 'hidden') return answer([])
  if (seen === 'missing')
    return answer(hasAt(given, keys.value) ? [{ path: at, message: 'Unknown field' }] : [])
  const broken = checkItem(collection.item, doc, uow.env({ item: doc }))
  const faults: FieldError[] = []
  for (const fault of errorsUnder([...errors, ...broken], at)) {
    const place = pathKeys(fault.path)
    const inside = place.ok ? await standing(uow, collection, { keys: place.value, doc }) : 'there'
    if (inside !== 'hidden') faults.push(fault)
  }
  return answer(faults)
}

/** The first fault of each place. */
function answer(faults: readonly FieldError[]): string {
  const first = new Map<string, FieldError>()
  for (const fault of faults) if (!first.has(fault.path)) first.set(fault.path, fault)
  const error = [...first.values()].map(describeFieldError).join('; ')
  return JSON.stringify({ error: error === '' ? null : error })
}

/** `['lines', '0', 'price']` -> `$.lines[0].price` */
const selectorOf = (keys: readonly string[]): string =>
  keys.reduce((path, key) => (/^-?\d+$/.test(key) ? `${path}[${key}]` : `${path}.${key}`), '$')

/** What one may not read can't be found out by its rules either. */
async function standing(
  uow: UnitOfWork,
  collection: Collection,
  { keys, doc }: { readonly keys: readonly string[]; readonly doc: DictValue },
): Promise<'there' | 'hidden' | 'missing'> {
  const asked = { name: 'read', id: null, item: doc }
  for (const field of fieldsOnTheWay(collection.item, keys)) {
    if (!(await allowed(uow, field.canRead, asked))) return 'hidden'
    if (!(await allowed(uow, field.exists, { ...asked, name: 'exists' }))) return 'missing'
  }
  return 'there'
}

function fieldsOnTheWay(item: Field, keys: readonly string[]): Field[] {
  const fields = keys.map((_, i) => fieldAlong(item, keys.slice(0, i + 1)))
  return fields.filter((field) => field !== null)
}
