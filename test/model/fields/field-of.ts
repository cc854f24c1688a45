/** Fields as the compiler of the model would make them, for tests of rows and of the value pipeline. */
import type { Expr, Type, Value, Env } from '../../../src/expression/expr.ts'
import { NULL } from '../../../src/expression/expr.ts'
import type { Field, Right, Rule } from '../../../src/model/backoffice.ts'
import { FIELD_TYPES, ITEM_TYPE } from '../../../src/model/fields/index.ts'

const ALWAYS: Right = { kind: 'always', value: true }

export type Extra = Partial<Field>

/** A field of a type; `options` raw, as written. Throws when they are refused. */
export function fieldOf(
  type: string,
  options: Readonly<Record<string, unknown>> = {},
  extra: Extra = {},
): Field {
  const row = type === 'Item' ? ITEM_TYPE : FIELD_TYPES.get(type)
  if (row === undefined) throw new Error(`no type ${type}`)
  const compiled = row.compile?.(options) ?? { options, problems: [] }
  if (compiled.problems.length > 0) throw new Error(JSON.stringify(compiled.problems))
  const name = extra.name ?? 'f'
  const valueType: Type = row.valueType({ options: compiled.options, ...extra })
  return {
    name,
    path: name,
    inList: false,
    type: row,
    valueType,
    description: null,
    example: null,
    required: false,
    default: null,
    enum: null,
    transform: null,
    constraints: [],
    set: null,
    exists: ALWAYS,
    canRead: ALWAYS,
    canModify: ALWAYS,
    onchange: null,
    on: new Map(),
    views: { out: new Set(), only: new Set() },
    formerNames: [],
    index: false,
    unique: false,
    options: compiled.options,
    stored: extra.side?.kept !== 'linked' && extra.set?.stored !== false,
    ...extra,
  }
}

/** A field without its place: gets name and path from the Dict it is put in. */
export type Template = (name: string, path: string, inList: boolean) => Field

export const of =
  (type: string, options: Readonly<Record<string, unknown>> = {}, extra: Extra = {}): Template =>
  (name, path, inList) =>
    fieldOf(type, options, { ...extra, name, path, inList })

type Fields = Readonly<Record<string, Template>>

const place = (fields: Fields, path: string, inList: boolean): ReadonlyMap<string, Field> =>
  new Map(
    Object.entries(fields).map(([name, template]) => [
      name,
      template(name, path === '' ? name : `${path}.${name}`, inList),
    ]),
  )

export const dict =
  (fields: Fields, extra: Extra = {}): Template =>
  (name, path, inList) =>
    fieldOf('Dict', {}, { ...extra, name, path, inList, fields: place(fields, path, inList) })

export const list =
  (
    element: Template,
    options: Readonly<Record<string, unknown>> = {},
    extra: Extra = {},
  ): Template =>
  (name, path, inList) =>
    fieldOf('List', options, { ...extra, name, path, inList, items: [element(name, path, true)] })

export const tuple =
  (...places: Template[]): Template =>
  (name, path, inList) =>
    fieldOf(
      'Tuple',
      {},
      { name, path, inList, items: places.map((each) => each(name, path, true)) },
    )

export const oneOf =
  (...types: Template[]): Template =>
  (name, path, inList) =>
    fieldOf('In', {}, { name, path, inList, types: types.map((each) => each(name, path, true)) })

/** The root of a collection. */
export const itemOf = (fields: Fields): Field =>
  fieldOf('Item', {}, { name: 'item', path: '', fields: place(fields, '', false) })

/** A field by itself. */
export const alone = (template: Template): Field => template('f', 'f', false)

/** A rule in TypeScript, in place of a compiled expression. */
export const rule = (evaluate: (roots: Env['roots']) => Value, text = 'a rule'): Rule => ({
  text,
  expr: NULL as Expr,
  evaluate: (env) => evaluate(env.roots),
  crossesReferences: false,
  path: [],
  parts: () => ({ expr: NULL, ranges: new Map() }),
})

export const ENV: Env = {
  roots: { current_user: { _id: '000', login: 'ANONYMOUS', roles: [] } },
  now: '2024-05-06T07:08:09.010Z',
  follow: () => undefined,
  linked: () => [],
}
