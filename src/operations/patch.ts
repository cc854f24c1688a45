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
import { getAt, omitAt, setAt } from './at-path.ts'
import type { Context } from './context.ts'
import { fieldAlong } from './field-along.ts'
import { asDict } from './input.ts'
import { loadAhead } from './load-ahead.ts'
import { hiddenFields } from './project.ts'
import { readableTargets } from './readable.ts'
import { modifyItem, withNamedLinks, type UpdateInput } from './update.ts'
import type { Entry, UnitOfWork } from './unit-of-work.ts'
import { isSecret } from './read-plan.ts'

export interface PatchInput extends UpdateInput {
  /** the body is an RFC 7396 merge patch */
  readonly merge: boolean
}

export const patchItem = (
  ctx: Context,
  collection: Collection,
  id: string,
  input: PatchInput,
): Promise<ItemAnswer> => {
  if (input.merge) {
    const merge = asDict(input.body)
    return modifyItem(ctx, collection, { id, ...input }, (uow, entry) =>
      mergeBody(uow, entry, merge),
    )
  }
  const operations = readOperations(input.body)
  return modifyItem(ctx, collection, { id, ...input }, (uow, entry) =>
    patchBody(uow, entry, operations),
  )
}

interface PatchOperation {
  readonly op: string
  readonly keys: readonly string[]
  readonly from: readonly string[] | null
  readonly value: Value | undefined
  /** as written, for messages */
  readonly path: string
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
): Promise<DictValue> {
  const named: Record<string, Value> = {}
  for (const { keys, from } of operations) {
    for (const path of [keys, from ?? []]) if (path[0] !== undefined) named[path[0]] = {}
  }
  const before = await readableDoc(uow, entry, named)
  const after = structuredClone(before) as Record<string, Value>
  operations.forEach((operation, index) => {
    openList(entry.collection, after, operation)
    applyOne(after, operation, index)
  })
  return difference(entry.collection.item, before, after)
}

async function mergeBody(uow: UnitOfWork, entry: Entry, merge: DictValue): Promise<DictValue> {
  const before = await readableDoc(uow, entry, merge)
  return difference(entry.collection.item, before, merged(before, merge) as DictValue)
}

/** RFC 7396. */
function merged(target: Value, patch: Value): Value {
  if (!isDict(patch)) return patch
  const result: Record<string, Value> = isDict(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else if (key !== '__proto__')
      result[key] = merged(Object.hasOwn(result, key) ? (result[key] ?? null) : null, value)
  }
  return result
}

const isDict = (value: Value): value is DictValue =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The item with the derived sides that are named, less what this user may not read. */
async function readableDoc(uow: UnitOfWork, entry: Entry, named: DictValue): Promise<DictValue> {
  const { collection } = entry
  const stored = entry.doc ?? {}
  const computed = collection.computed.filter((field) => field.set && !field.set.stored)
  let doc = await withNamedLinks(uow, entry, stored, named)
  if (computed.length > 0) {
    const exprs = computed.flatMap((field) => field.set?.rule.expr ?? [])
    await loadAhead(uow, exprs, { item: [{ id: entry.id, doc: stored }] })
    doc = computeOnRead(collection, doc, uow.env({ item: doc }))
  }
  for (const field of [
    ...(await hiddenFields(uow, entry, collection.guarded)),
    ...secrets(collection),
  ]) {
    if (!field.inList) doc = setAt(omitAt(doc, field.path.split('.')), field.path.split('.'), null)
    else doc = omitAt(doc, [field.path.split('.')[0] ?? ''])
  }
  return maskReferences(uow, entry, doc)
}

const secrets = (collection: Collection): Field[] =>
  [...collection.fieldAt.values()].filter(isSecret)

async function maskReferences(uow: UnitOfWork, entry: Entry, doc: DictValue): Promise<DictValue> {
  const sides = entry.collection.sides.filter((side) => !side.inList)
  const masked = sides.filter((side) => {
    const right = uow.running.backoffice.collections.get(side.target)?.canRead
    return right?.kind !== 'always' || !right.value
  })
  const readable = await readableTargets(uow, masked, [doc])
  let result = doc
  for (const side of masked) {
    const keys = side.path.split('.')
    const value = getAt(result, keys)
    if (typeof value !== 'string' || readable.get(side.target)?.has(value)) continue
    result = setAt(result, keys, null)
  }
  return result
}

/** An unset List is null on the wire: one may append to it all the same. */
function openList(
  collection: Collection,
  doc: Record<string, Value>,
  { op, keys, value }: PatchOperation,
): void {
  if (op !== 'add' && op !== 'copy' && op !== 'move') return
  const last = keys.at(-1)
  const appends = last === '-' || last === '0'
  const path = appends ? keys.slice(0, -1) : keys
  if (!appends && (op !== 'add' || value === null || Array.isArray(value))) return
  if (fieldAlong(collection.item, path)?.type.name !== 'List' || getValue(doc, path) !== null)
    return
  const holder = path.length > 1 ? getValue(doc, path.slice(0, -1)) : doc
  const name = path.at(-1)
  if (name !== undefined && isDict(holder)) (holder as Record<string, Value>)[name] = []
}

function applyOne(doc: Record<string, Value>, operation: PatchOperation, index: number): void {
  const { op, value, path } = operation
  const named = fromStart(doc, operation.keys)
  const from = operation.from && fromStart(doc, operation.from)
  const target = getValue(doc, named)
  // the original's way: `add` of one value to a list's own path appends it
  const append = op === 'add' && Array.isArray(target) && !Array.isArray(value)
  const keys = append ? [...named, '-'] : named
  const patch = {
    op,
    path: pointer(keys),
    ...(from ? { from: pointer(from) } : {}),
    ...(value === undefined ? {} : { value }),
  }
  try {
    jsonPatch.applyOperation(doc, patch as Operation, true, true, true, index)
  } catch (error) {
    if (error instanceof jsonPatch.JsonPatchError && error.name === 'TEST_OPERATION_FAILED') {
      throw backoError('BACKO_STORE_TEST_FAILED', `operation ${index}: test of ${path} failed`)
    }
    throw badPatch(index, `${op} of ${path} is not possible`)
  }
}

/** `[-1]`: the last element, as in selectors. */
function fromStart(doc: Value, keys: readonly string[]): string[] {
  let at: Value = doc
  return keys.map((key) => {
    const counted = Array.isArray(at) && /^-\d+$/.test(key) ? String(at.length + Number(key)) : key
    at = getValue(at, [counted])
    return counted
  })
}

const pointer = (keys: readonly string[]): string =>
  keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

function getValue(doc: Value, keys: readonly string[]): Value {
  let value: Value | undefined = doc
  for (const key of keys) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null
    value = (value as DictValue)[key]
  }
  return value ?? null
}

/** The body of a PUT that makes `after` of `before`: a key that is gone is cleared, Dicts one by one. */
function difference(dict: Field, before: DictValue, after: DictValue): DictValue {
  const body: Record<string, Value> = Object.create(null) as Record<string, Value>
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, now] = [
      before[key] ?? null,
      Object.hasOwn(after, key) ? (after[key] ?? null) : null,
    ]
    if (sameValue(old, now)) continue
    const inner = dict.fields?.get(key)
    body[key] = inner?.fields && isDict(old) && isDict(now) ? difference(inner, old, now) : now
  }
  return body
}
