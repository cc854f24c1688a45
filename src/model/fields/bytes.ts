/**
 * Type `Bytes`: binary data, as standard base64 with padding (RFC 4648 section 4).
 */
import { Buffer } from 'node:buffer'
import { BYTES } from '../../expression/expr.ts'
import type { FieldType, Parsed } from './field-type.ts'
import { lengthOption, readOptions } from './options.ts'
import { kept, NOTHING_WRONG, orNull, refused } from './parsed.ts'

interface BytesOptions {
  readonly max_length: number | null
}

const NOT_BASE64 = refused('Must be base64')

const optionsOf = (field: { readonly options: object }): Partial<BytesOptions> => field.options

/** Kept when writing it again gives the same text: one form for each value, so that `==` works. */
export function parseBase64(raw: unknown): Parsed {
  if (raw instanceof Uint8Array) return kept(Buffer.from(raw).toString('base64'))
  if (typeof raw !== 'string' || raw.length % 4 !== 0) return NOT_BASE64
  return Buffer.from(raw, 'base64').toString('base64') === raw ? kept(raw) : NOT_BASE64
}

/** How many bytes a base64 text stands for. */
export function byteLength(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0
  return (base64.length / 4) * 3 - padding
}

export const bytesType: FieldType = Object.freeze<FieldType>({
  name: 'Bytes',
  description: 'Binary data, in base64',
  options: { max_length: lengthOption('Most bytes') },
  compile: (raw) => {
    const read = readOptions(raw)
    return read.done({ max_length: read.length('max_length') } satisfies BytesOptions)
  },
  valueType: () => BYTES,
  parse: (_field, raw) => parseBase64(raw),
  fromText: orNull(parseBase64),
  check: (field, value) => {
    const { max_length } = optionsOf(field)
    if (typeof max_length !== 'number' || typeof value !== 'string') return NOTHING_WRONG
    return byteLength(value) > max_length ? [`Must have a length <= ${max_length}`] : NOTHING_WRONG
  },
  schema: () => ({ type: 'string', contentEncoding: 'base64' }),
  meta: (field) => ({ max_length: optionsOf(field).max_length ?? null }),
})
