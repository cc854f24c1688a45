/**
 * Reading of Dicts, the item included: keys given are set, the rest stays as it is in the base.
 * Keys of the result come from the model only, in its order.
 */
import type { Value } from '../../expression/expr.ts'
import type { Field } from '../backoffice.ts'
import { unsetValue } from '../fields/dict.ts'
import { isDict } from '../fields/parsed.ts'
import { sameValue } from '../fields/same-value.ts'
import { holdsSecret } from './field-facts.ts'
import { fail, newWalk, type Reader, type Walk } from './walk.ts'

type MakeReader = (field: Field, suffix: string) => Reader
type Raw = { readonly [key: string]: unknown }
type Base = { readonly [key: string]: Value }

interface Member {
  readonly name: string
  readonly field: Field
  readonly reader: Reader
  /** `_id` and `_meta` of an item are the program's, computed fields the model's: neither is written */
  readonly written: boolean
  readonly system: boolean
  /** left out of a doc that does not have it: derived, or computed on read */
  readonly derived: boolean
  /** a fresh value for each doc where it is an object */
  readonly unset: () => Value
}

const LONGEST_KEY = 100

export function dictReader(field: Field, suffix: string, makeReader: MakeReader): Reader {
  const fields = field.fields ?? new Map<string, Field>()
  const root = field.path === ''
  const members = [...fields].map(([name, member]) => memberOf(name, member, root, makeReader))
  const secret = holdsSecret(field)
  return {
    read: (walk, raw, base, prefix) => {
      const path = prefix + suffix
      if (!isDict(raw)) return fail(walk, { path, message: 'Must be a dict', raw, secret })
      const doc: Record<string, Value> = {}
      const from = isBase(base) ? base : null
      let known = 0
      for (const member of members) {
        const { name } = member
        const given = Object.hasOwn(raw, name)
        if (given) known++
        const value = given ? raw[name] : undefined
        if (value === undefined) keep({ walk, member, doc, path }, from)
        else put({ walk, member, doc, path }, from, value)
      }
      if (known !== Object.keys(raw).length) refuseUnknown(walk, fields, raw, path)
      return doc
    },
    clear: (walk, base) => {
      const doc: Record<string, Value> = {}
      const from = isBase(base) ? base : null
      for (const { name, written, reader, unset, derived } of members) {
        const now = ownValue(from, name)
        if (written) doc[name] = reader.clear(walk, now)
        else if (!derived) doc[name] = now ?? unset()
      }
      return doc
    },
  }
}

function memberOf(name: string, field: Field, root: boolean, makeReader: MakeReader): Member {
  const system = root && name.startsWith('_')
  return {
    name,
    field,
    reader: makeReader(field, `.${name}`),
    written: !system && field.set === null,
    system,
    derived: !field.stored,
    unset:
      field.fields === undefined && field.side?.many !== true
        ? () => null
        : () => unsetValue(field),
  }
}

const isBase = (base: Value | undefined): base is Base => isDict(base)

/** A field may be named like a member of every object (`toString`). */
const ownValue = (from: Base | null, name: string): Value | undefined =>
  from !== null && Object.hasOwn(from, name) ? from[name] : undefined

/** A member under construction. */
interface Slot {
  readonly walk: Walk
  readonly member: Member
  readonly doc: Record<string, Value>
  /** of the Dict */
  readonly path: string
}

/** The input does not name the member. */
function keep({ walk, member, doc, path }: Slot, from: Base | null): void {
  const { name, field } = member
  const now = ownValue(from, name)
  if (now !== undefined) doc[name] = now
  else if (!member.derived) {
    doc[name] = member.unset()
    // elements of lists are always new
    if (field.inList && field.default !== null) putDefault({ walk, member, doc, path })
  }
}

function putDefault({ walk, member, doc, path }: Slot): void {
  const { name, field, reader } = member
  const given = field.default
  if (given === null) return
  switch (given.kind) {
    case 'value': {
      const value = reader.read(newWalk(), given.value, undefined, path)
      if (value !== undefined) doc[name] = value
      return
    }
    case 'rule':
      walk.pending.push({ field, rule: given.rule, reader, holder: doc, key: name, prefix: path })
      return
    case 'hook':
      walk.hookDefaults.push({ path: `${path}.${name}`, hook: given.name, field })
  }
}

/** The input names the member. */
function put(slot: Slot, from: Base | null, raw: unknown): void {
  const { walk, member, doc, path } = slot
  const { name, field, reader } = member
  const base = ownValue(from, name)
  if (!member.written) {
    if (member.system) compareSystem(slot, base, raw)
    else compareComputed(slot, base, raw)
    if (base !== undefined) doc[name] = base
    else if (!member.derived) doc[name] = member.unset()
    return
  }
  const value = raw === null ? reader.clear(walk, base) : reader.read(walk, raw, base, path)
  if (value === undefined) {
    keep({ ...slot, walk: newWalk() }, from)
    return
  }
  doc[name] = value
  if (field.transform !== null && raw !== null) {
    walk.pending.push({
      field,
      rule: field.transform,
      reader,
      holder: doc,
      key: name,
      prefix: path,
    })
  }
}

/** Passed over with a new item, or when nothing of it differs. */
function compareSystem({ walk, member, path }: Slot, base: Value | undefined, raw: unknown): void {
  if (base === undefined || base === null || isWithin(raw, base)) return
  fail(walk, { path: `${path}.${member.name}`, message: 'Cannot be modified', raw, secret: false })
}

/** Is everything that `raw` says also in `base`? As deep as the base only. */
function isWithin(raw: unknown, base: Value | undefined): boolean {
  if (raw === base) return true
  if (!isDict(raw) || !isBase(base)) return false
  return Object.keys(raw).every((key) => Object.hasOwn(base, key) && isWithin(raw[key], base[key]))
}

/** Passed over when it is the value kept; else whether it is right is known after computing. */
function compareComputed(
  { walk, member, path }: Slot,
  base: Value | undefined,
  raw: unknown,
): void {
  const { name, field, reader } = member
  const at = `${path}.${name}`
  const value = raw === null ? member.unset() : reader.read(newWalk(), raw, base, path)
  if (value === undefined) {
    fail(walk, { path: at, message: 'Cannot be modified', raw, secret: field.type.secret === true })
  } else if (base === undefined || !sameValue(base, value)) {
    walk.claims.push({ field, path: at, value, raw })
  }
}

function refuseUnknown(
  walk: Walk,
  fields: ReadonlyMap<string, Field>,
  raw: Raw,
  path: string,
): void {
  for (const key of Object.keys(raw)) {
    if (fields.has(key)) continue
    const name = key.length > LONGEST_KEY ? `${key.slice(0, LONGEST_KEY)}…` : key
    // the value is not told: the key may be a slip for that of a secret
    fail(walk, { path: `${path}.${name}`, message: 'Unknown field', raw, secret: true })
  }
}
