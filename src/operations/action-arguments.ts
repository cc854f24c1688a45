/** The arguments of an action: read, completed and checked as a body is, each fault told. Knows no item. */
import type { FieldError } from '../errors.ts'
import type { DictValue } from '../expression/expr.ts'
import type { Action } from '../model/backoffice.ts'
import { accept } from '../model/values/accept.ts'
import { checkItem } from '../model/values/check.ts'
import { withAllDefaults } from './all-defaults.ts'
import { asDict } from './input.ts'
import type { UnitOfWork } from './unit-of-work.ts'

export interface Arguments {
  readonly doc: DictValue
  readonly errors: readonly FieldError[]
}

/** Those at fault are unset in `doc`: who may not run the action hears of that first. */
export async function readArguments(
  uow: UnitOfWork,
  action: Action,
  body: unknown,
): Promise<Arguments> {
  const { schema } = action
  const accepted = accept(schema, null, asDict(body ?? {}), { env: uow.env({}) })
  const doc = await withAllDefaults(uow, schema, accepted)
  const faulty = new Set(accepted.errors.map((error) => error.path))
  const broken = checkItem(schema, doc, uow.env({ item: doc })).filter(
    ({ path }) => !faulty.has(path),
  )
  return { doc, errors: [...accepted.errors, ...broken] }
}
