/**
 * What expressions see of fields: Field -> Type and Member, lazily, as collections refer to each other in circles.
 * Knows no text of an expression: rights and computed fields are asked for only when a path names them.
 */
import { allOf } from '../expression/build.ts'
import { DYN, listOf, type Expr, type Member, type Operand, type Type } from '../expression/expr.ts'
import type { Field } from './backoffice.ts'
import type { FieldDraft } from './draft.ts'
import type { FieldType } from './fields/field-type.ts'
import { refType } from './fields/references.ts'
import { conditionOf, isAlways } from './rights.ts'
import { deciding } from './within.ts'

/** What a field's shape depends on beyond itself. */
export interface ShapeSource {
  readonly hasCollection: (name: string) => boolean
  /** the expression of a computed field that is not kept; undefined for every other */
  readonly computedOnRead: (field: Field) => Expr | undefined
}

/** The type of a field whose options and content are known. */
export function typeOfField(field: FieldDraft, coll: string | null, source: ShapeSource): Type {
  const { name } = field.type
  if (name === 'Ref' || name === 'RefsList') {
    // an unknown collection is a finding of its own: no more of them where it is used
    if (coll === null || !source.hasCollection(coll)) return name === 'Ref' ? DYN : listOf(DYN)
    const ref: Type = Object.freeze({ kind: 'ref', collection: coll })
    return name === 'Ref' ? ref : listOf(ref)
  }
  if (field.fields) return dictType(field, source)
  if (name === 'List') return listOf(field.items?.[0]?.valueType ?? DYN)
  return field.type.valueType(field)
}

function dictType(field: FieldDraft, source: ShapeSource): Type {
  let members: ReadonlyMap<string, Member> | undefined
  return Object.freeze({
    kind: 'dict',
    name: field.path === '' ? field.name : field.path,
    fields: () => (members ??= membersOf(field, source)),
  })
}

function membersOf(field: FieldDraft, source: ShapeSource): ReadonlyMap<string, Member> {
  const entries = [...(field.fields ?? [])]
  return new Map(entries.map(([name, inner]) => [name, memberOf(inner, source)]))
}

function memberOf(field: Field, source: ShapeSource): Member {
  const { side } = field
  const parts = deciding(field)
  return Object.freeze({
    type: field.valueType,
    ...(side?.kept === 'linked' ? { linked: side.name } : {}),
    ...(parts.some(({ type }) => type.secret) ? { filterable: false } : {}),
    ...operands(field, source),
    ...(parts.every(isOpen) ? {} : { guard: once(() => guardOf(parts)) }),
    // asked late: whether a computed field is kept depends on its expression, which may name this very Dict
    get computed(): (() => Expr) | undefined {
      const expr = source.computedOnRead(field)
      return expr && ((): Expr => expr)
    },
  })
}

/** How operands compared with the field are read. A Dict has members, not a form of its own. */
function operands(field: Field, source: ShapeSource): Pick<Member, 'parse' | 'fromText' | 'items'> {
  if (field.fields) return {}
  const own = formOf(field, field.type)
  if (field.type.name === 'RefsList') {
    return { ...own, items: { type: elementType(field), ...formOf(field, refType) } }
  }
  const element = field.type.name === 'List' ? field.items?.[0] : undefined
  return element ? { ...own, items: memberOf(element, source) } : own
}

const elementType = ({ valueType }: Field): Type =>
  valueType.kind === 'list' ? valueType.items : DYN

const formOf = (field: Field, type: FieldType): Pick<Member, 'parse' | 'fromText'> => ({
  parse: (raw: unknown): Operand => type.parse(field, raw),
  fromText: (text: string): Operand => type.fromText(field, text),
})

const isOpen = ({ exists, canRead }: Field): boolean => isAlways(canRead) && isAlways(exists)

/** Under which condition a client may know the value that is made of these. */
function guardOf(parts: readonly Field[]): Expr {
  return allOf(parts.flatMap(({ exists, canRead }) => [conditionOf(exists), conditionOf(canRead)]))
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}
