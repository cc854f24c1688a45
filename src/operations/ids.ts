/** The `_id` of a new item. */
import { randomBytes } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { backoError, type BackoError } from '../errors.ts'
import type { DictValue } from '../expression/expr.ts'
import type { Collection } from '../model/backoffice.ts'
import { isText } from '../model/fields/parsed.ts'
import { loadAhead } from './load-ahead.ts'
import type { UnitOfWork } from './unit-of-work.ts'

const process = randomBytes(5)
let counter = randomBytes(3).readUIntBE(0, 3)

/** 24 hex digits: seconds, a random value of this process, a counter (MongoDB's ObjectId). */
function objectId(): string {
  counter = (counter + 1) % 0x1000000
  const bytes = Buffer.alloc(12)
  bytes.writeUInt32BE(Math.floor(Date.now() / 1000), 0)
  process.copy(bytes, 4)
  bytes.writeUIntBE(counter, 9, 3)
  return bytes.toString('hex')
}

const MAX_LENGTH = 512
/** `_check`, `_meta`, ... are routes; `.` and `..` are steps in every URL, percent-encoded too. */
const UNREACHABLE = /^(_|\.\.?$)/

/** Null when the rule of the collection gives no usable id for this item. */
export async function newId(
  uow: UnitOfWork,
  collection: Collection,
  doc: DictValue,
): Promise<string | null> {
  const { id } = collection
  if (!('rule' in id)) return id.kind === 'uuidv7' ? uuidv7() : objectId()
  const start = { item: [{ id: null, doc }] }
  if (id.rule.crossesReferences) await loadAhead(uow, [id.rule.expr], start)
  const value = id.rule.evaluate(uow.env({ item: doc }))
  return isUsableId(value) ? value : null
}

/** Can an item have it, and be reached by it? */
export const isUsableId = (value: unknown): value is string =>
  isText(value) && value !== '' && value.length <= MAX_LENGTH && !UNREACHABLE.test(value)

export const idTaken = (collection: string, id: string): BackoError =>
  backoError('BACKO_STORE_UNIQUE', `$._id: ${collection}/${id} is already there`, {
    errors: [{ path: '$._id', message: 'Already taken' }],
  })
