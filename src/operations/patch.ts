/**
 * PATCH: RFC 6902 operations (paths as JSON Pointers or selectors), or an RFC 7396 merge. Worked out on the
 * item as this user may read it, then saved as the difference: what one may not read can't be tested, copied or moved.
 */
import jsonPatch, { type Operation } from 'fast-json-patch'
import { backoError, type BackoError } from '../errors.ts'
import type { DictValue, Value } from '../expression/expr.ts'
import { pathKeys } from './path-keys.ts'
import type { Collection, Field } from '../model/backoffice.ts'
import { computeOnRead } from '../model/values/compute.ts'
import type { ItemAnswer } from './answer.ts'
import { sameValue } from '../model/fields/same-value.ts'
import { getAt, hasAt, keysOf, omitAt, setAt } from './at-path.ts'
import { blindSpots, veil, type Veil } from './blind-spots.ts'
import type { Context } from './context.ts'
import { asDict } from './input.ts'
import { loadAhead } from './load-ahead.ts'
import {
  counted,
  getValue,
  isDict,
  keepUnset,
  openUnset,
  wholeItem,
  type PatchDoc,
  type PatchOperation,
} from './patch-places.ts'
import { hiddenFields } from './project.ts'
import { guardedSides, knownIds } from './strangers.ts'
import { transact } from './transaction.ts'
import { modifyIn, withNamedLinks, type Change, type UpdateInput } from './update.ts'
import type { Entry, UnitOfWork } from './unit-of-work.ts'
import { secretsOf } from './read-plan.ts'

export interface PatchInput extends UpdateInput {
  /** the body is an RFC 7396 merge patch */
  readonly merge: boolean
}

export const patchItem = (
  ctx: Context,
  collection: Collection,
  id: string,
  input: PatchInput,
): Promise<ItemAnswer> => transact(ctx, (uow) => patchIn(uow, collection, id, input))

/** Gives what makes the answer, once it is kept. */
export async function patchIn(
  uow: UnitOfWork,
  collection: Collection,
  id: string,
  input: PatchInput,
): Promise<() => Promise<ItemAnswer>> {
  if (input.merge) {
    const merge = asDict(input.body)
    return modifyIn(uow, collection, { id, ...input }, (_, entry) => mergeBody(uow, entry, merge))
  }
  const operations = readOperations(input.body)
  return modifyIn(uow, collection, { id, ...input }, (_, entry) =>
    patchBody(uow, entry, operations),
  )
}

const OPS = new Set(['test', 'add', 'replace', 'remove', 'move', 'copy'])
const MAX_OPERATIONS = 1000

const badPatch = (index: number, message: string): BackoError =>
  backoError('BACKO_REQUEST_PATCH', `operation ${index}: ${message}`, {
    errors: [{ path: `$[${index}]`, message }],
  })

function readOperations(body: unknown): PatchOperation[] {
  const list: unknown[] = Array.isArray(body) ? body : [body]
  if (list.length > MAX_OPERATIONS)
    throw badPatch(MAX_OPERATIONS, `more than ${MAX_OPERATIONS} operations`)
  return list.map(readOperation)
}

function readOperation(raw: unknown, index: number): PatchOperation {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    throw badPatch(index, 'Must be a dict')
  const { op, path, from, value } = raw as Record<string, unknown>
  if (typeof op !== 'string' || !OPS.has(op)) {
    throw badPatch(index, `op must be one of ${[...OPS].join(', ')}`)
  }
  const needsValue = op === 'test' || op === 'add' || op === 'replace'
  if (needsValue && value === undefined) throw badPatch(index, `${op} needs a value`)
  const needsFrom = op === 'move' || op === 'copy'
  return {
    op,
    keys: readPath(index, 'path', path),
    from: needsFrom ? readPath(index, 'from', from) : null,
    value: value as Value | undefined,
    path: String(path),
  }
}

function readPath(index: number, name: string, path: unknown): readonly string[] {
  if (typeof path !== 'string') throw badPatch(index, `${name} must be a string`)
  const keys = pathKeys(path)
  if (!keys.ok)
    throw badPatch(index, `${name} ${path}: ${keys.problems[0]?.message ?? 'not a path'}`)
  return keys.value
}

async function patchBody(
  uow: UnitOfWork,
  entry: Entry,
  operations: readonly PatchOperation[],
): Promise<Change> {
  const { collection } = entry
  const seen = await readableDoc(uow, entry, namedBy(collection, operations))
  const before = seen.doc
  let after = copied(before) as PatchDoc
  operations.forEach((given, index) => {
    const operation = counted(after, given)
    openUnset(collection, after, operation)
    if (operation.op === 'test' && meetsShown(seen, after, operation)) return
    const made = applyOne(after, operation, index)
    if (made !== after) after = wholeItem(collection, before, asDict(made))
    keepUnset(collection, after, operation)
  })
  return { body: difference(collection.item, before, after), veil: seen }
}

/** A deep copy, of JSON alone. */
function copied(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copied)
  const copy: Record<string, Value> = {}
  for (const [key, each] of Object.entries(value)) copy[key] = copied(each)
  return copy
}

/** Tested is what the user is shown: an element without what is hidden in it. */
function meetsShown(seen: Veil, doc: PatchDoc, { keys, value }: PatchOperation): boolean {
  const target = getValue(doc, keys)
  const shown = seen.shown(target)
  return value !== undefined && !sameValue(shown, target) && sameValue(shown, value)
}

/** The fields that the operations lead into; all of them when the item as a whole is meant. */
function namedBy({ item }: Collection, operations: readonly PatchOperation[]): DictValue {
  const named: Record<string, Value> = {}
  for (const { keys, from } of operations) {
    for (const [first] of [keys, from ?? keys]) {
      const names = first === undefined ? (item.fields?.keys() ?? []) : [first]
      for (const name of names) if (name !== '__proto__') named[name] = {}
    }
  }
  return named
}

async function mergeBody(uow: UnitOfWork, entry: Entry, merge: DictValue): Promise<Change> {
  const seen = await readableDoc(uow, entry, merge)
  const after = merged(seen.doc, merge) as DictValue
  return { body: difference(entry.collection.item, seen.doc, after), veil: seen }
}

/** RFC 7396. */
function merged(target: Value, patch: Value): Value {
  if (!isDict(patch)) return patch
  // without a prototype a key `__proto__` is one like others: it is refused later, as unknown
  const result = Object.assign(Object.create(null) as PatchDoc, isDict(target) ? target : {})
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = merged(Object.hasOwn(result, key) ? (result[key] ?? null) : null, value)
  }
  return result
}

/** The item with the derived sides that are named, less what this user may not read. */
async function readableDoc(uow: UnitOfWork, entry: Entry, named: DictValue): Promise<Veil> {
  const { collection } = entry
  const stored = entry.doc ?? {}
  const computed = collection.computed.filter((field) => field.set && !field.set.stored)
  let doc = await withNamedLinks(uow, entry, stored, named)
  const spots = await blindSpots(uow, entry, doc)
  if (computed.length > 0) {
    const exprs = computed.flatMap((field) => field.set?.rule.expr ?? [])
    await loadAhead(uow, exprs, { item: [{ id: entry.id, doc: stored }] })
    doc = computeOnRead(collection, doc, uow.env({ item: doc }))
  }
  const { guarded } = collection
  const hidden = guarded.length === 0 ? [] : await hiddenFields(uow, entry, guarded)
  for (const field of [...hidden, ...secretsOf(collection).placed]) {
    if (!field.inList) doc = setAt(omitAt(doc, keysOf(field.path)), keysOf(field.path), null)
  }
  return veil(spots, await maskReferences(uow, collection, doc))
}

async function maskReferences(
  uow: UnitOfWork,
  collection: Collection,
  doc: DictValue,
): Promise<DictValue> {
  let masked = doc
  for (const side of guardedSides(uow, collection)) {
    const keys = keysOf(side.path)
    if (side.inList || !hasAt(doc, keys)) continue
    const value = getAt(doc, keys)
    const ids = (Array.isArray(value) ? value : [value]).filter((id) => typeof id === 'string')
    const known = await knownIds(uow, side, ids)
    const seen = ids.filter((id) => known.has(id))
    masked = setAt(masked, keys, side.many ? seen : (seen[0] ?? null))
  }
  return masked
}

/** The item as the operation leaves it: another object when it was put in place of the whole. */
function applyOne(doc: PatchDoc, operation: PatchOperation, index: number): Value {
  const { op, from, value, path } = operation
  const target = getValue(doc, operation.keys)
  // the original's way: `add` of one value to a list's own path appends it
  const append = op === 'add' && Array.isArray(target) && !Array.isArray(value)
  const keys = append ? [...operation.keys, '-'] : operation.keys
  const patch = {
    op,
    path: pointer(keys),
    ...(from ? { from: pointer(from) } : {}),
    ...(value === undefined ? {} : { value }),
  }
  try {
    return jsonPatch.applyOperation<Value>(doc, patch as Operation, true, true, true, index)
      .newDocument
  } catch (error) {
    if (error instanceof jsonPatch.JsonPatchError && error.name === 'TEST_OPERATION_FAILED') {
      throw backoError('BACKO_STORE_TEST_FAILED', `operation ${index}: test of ${path} failed`)
    }
    throw badPatch(index, `${op} of ${path} is not possible`)
  }
}

const pointer = (keys: readonly string[]): string =>
  keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/** The body of a PUT that makes `after` of `before`: a key that is gone is cleared, Dicts one by one. */
function difference(dict: Field, before: DictValue, after: DictValue): DictValue {
  const body: Record<string, Value> = Object.create(null) as Record<string, Value>
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, now] = [
      Object.hasOwn(before, key) ? (before[key] ?? null) : null,
      Object.hasOwn(after, key) ? (after[key] ?? null) : null,
    ]
    if (sameValue(old, now)) continue
    const inner = dict.fields?.get(key)
    body[key] = inner?.fields && isDict(old) && isDict(now) ? difference(inner, old, now) : now
  }
  return body
}
