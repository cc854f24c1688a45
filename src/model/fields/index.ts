/**
 * The table of field types: a row a type. JSON Schema of backo.yaml, OpenAPI, `_meta`, lint and docs
 * read it. A new type is one file and one line here.
 */
import { boolType } from './bool.ts'
import { bytesType } from './bytes.ts'
import { complexType } from './complex.ts'
import { datetimeType } from './datetime.ts'
import { dictType } from './dict.ts'
import { emailType } from './email.ts'
import type { FieldType } from './field-type.ts'
import { fileType } from './file.ts'
import { floatType } from './float.ts'
import { freeDictType } from './free-dict.ts'
import { inType } from './in.ts'
import { intType } from './int.ts'
import { ipAddressType } from './ip-address.ts'
import { ipNetworkType } from './ip-network.ts'
import { listType } from './list.ts'
import { passwordType } from './password.ts'
import { refsListType, refType } from './references.ts'
import { stringType } from './string.ts'
import { tupleType } from './tuple.ts'
import { urlType } from './url.ts'

const ROWS: readonly FieldType[] = [
  stringType,
  intType,
  floatType,
  boolType,
  listType,
  dictType,
  tupleType,
  inType,
  bytesType,
  datetimeType,
  freeDictType,
  complexType,
  ipAddressType,
  ipNetworkType,
  urlType,
  emailType,
  passwordType,
  fileType,
  refType,
  refsListType,
]

/** By the name that backo.yaml uses. `Item`, the root of a collection, is `ITEM_TYPE`: no file may name it. */
export const FIELD_TYPES: ReadonlyMap<string, FieldType> = new Map(
  ROWS.map((row) => [row.name, row]),
)

export { itemType as ITEM_TYPE, unsetValue } from './dict.ts'
export { AS_READ, fieldSchema, isNeeded } from './field-schema.ts'
export { freeDictType as FREE_DICT } from './free-dict.ts'
export { isPasswordHash } from './password.ts'
export { sameValue } from './same-value.ts'
