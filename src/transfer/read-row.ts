/** A row as a file gives it to a row as it is understood: what is the program's told apart from the fields. */
import type { FieldError } from '../errors.ts'
import type { DictValue, Value } from '../expression/expr.ts'
import type { Collection } from '../model/backoffice.ts'
import { readValue } from '../model/values/accept.ts'
import { getAt, hasAt, keysOf, omitThrough, setAt, targetsAt } from '../operations/at-path.ts'
import { isUsableId } from '../operations/ids.ts'
import { writePlan } from '../operations/write-plan.ts'
import { needed } from './exported-sides.ts'
import { itemKey, type GivenList, type Row, type RowFault } from './row.ts'

export interface ReadOptions {
  /** `_meta` of the file is kept; else the import stamps its own */
  readonly keepMeta: boolean
}

export function readRow(
  collection: Collection,
  line: number,
  raw: DictValue,
  { keepMeta }: ReadOptions,
): Row | RowFault {
  const { _id = null, _meta = null, _collection, ...fields } = raw
  const errors: FieldError[] = []
  const id = typeof _id === 'string' && isUsableId(_id) ? _id : null
  if (_id !== null && id === null)
    errors.push({ path: '$._id', message: 'Must be a string that an _id may be', value: _id })
  const meta = keepMeta && _meta !== null ? readMeta(collection, _meta, errors) : null
  if (errors.length > 0) return { line, collection: collection.name, _id: id, errors }
  const body = withoutComputed(collection, fields)
  const lists = listsIn(collection, body)
  return { line, collection, id, meta, body, needs: needsOf(collection, body, lists), lists }
}

/** They are worked out anew: a file that is older than a rule is still good. */
const withoutComputed = ({ computed }: Collection, body: DictValue): DictValue =>
  computed.reduce<Value>((rest, { path }) => omitThrough(rest, keysOf(path)), body) as DictValue

function readMeta({ fieldAt }: Collection, meta: Value, errors: FieldError[]): DictValue | null {
  if (!isDict(meta)) {
    errors.push({ path: '$._meta', message: 'Must be a dict', value: meta })
    return null
  }
  let known: DictValue = {}
  for (const [path, field] of fieldAt) {
    if (!path.startsWith('_meta.') || field.fields) continue
    const [, ...keys] = keysOf(path)
    const raw = getAt(meta, keys)
    if (raw === null) continue
    const value = readValue(field, raw)
    if (value === undefined)
      errors.push({ path: `$.${path}`, message: `Must be a ${field.type.name}`, value: raw })
    else known = setAt(known, keys, value)
  }
  return known
}

function listsIn(collection: Collection, body: DictValue): GivenList[] {
  return writePlan(collection).linked.flatMap((side) => {
    const keys = keysOf(side.path)
    if (!hasAt(body, keys)) return []
    return [{ side, ids: targetsAt(body, keys) }]
  })
}

/** References of its own, and as many of each list as it can't be without. */
function needsOf(
  collection: Collection,
  body: DictValue,
  lists: readonly GivenList[],
): readonly string[] {
  const needs = new Set<string>()
  for (const side of writePlan(collection).references)
    for (const id of targetsAt(body, keysOf(side.path))) needs.add(itemKey(side.target, id))
  for (const { side, ids } of lists)
    for (const id of ids.slice(0, needed(side))) needs.add(itemKey(side.target, id))
  return [...needs]
}

const isDict = (value: Value): value is DictValue =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
