/**
 * Type `Password`: a text in, never out; kept as an argon2id hash, which operations make after the
 * rules were asked of the plain text. Its value is in no message.
 */
import { STRING } from '../../expression/expr.ts'
import type { FieldType } from './field-type.ts'
import { lengthOption, readOptions } from './options.ts'
import { isText, kept, NOTHING_WRONG, refused } from './parsed.ts'
import { textLengthBroken, textLengthSchema } from './text-length.ts'

interface PasswordOptions {
  readonly min_length: number | null
}

const HASH = '$argon2'
const NOT_A_STRING = refused('Must be a string')
const A_HASH = refused(`Must not begin with ${HASH}`)
const NO_FILTER = refused('A password can not be compared')

const optionsOf = (field: { readonly options: object }): Partial<PasswordOptions> => field.options

/** Is it what is kept, not what somebody typed? Rules are asked of plain texts only. */
export const isPasswordHash = (value: unknown): boolean =>
  typeof value === 'string' && value.startsWith(HASH)

/** One that a password can be verified by. */
export const isWholeHash = (value: string): boolean =>
  /^\$argon2(?:id|i|d)\$v=\d+\$m=\d+,t=\d+,p=\d+\$[\w+/]{11,}\$[\w+/]{16,}$/.test(value)

export const passwordType: FieldType = Object.freeze<FieldType>({
  name: 'Password',
  description: 'A password: given in clear, kept as an argon2id hash, never shown',
  secret: true,
  options: { min_length: lengthOption('Fewest characters') },
  compile: (raw) => {
    const read = readOptions(raw)
    return read.done({ min_length: read.length('min_length') } satisfies PasswordOptions)
  },
  valueType: () => STRING,
  parse: (_field, raw) => {
    if (!isText(raw)) return NOT_A_STRING
    // it would pass for a hash made by us
    return isPasswordHash(raw) ? A_HASH : kept(raw)
  },
  fromText: () => NO_FILTER,
  check: (field, value) => {
    if (typeof value !== 'string' || isPasswordHash(value)) return NOTHING_WRONG
    const broken = textLengthBroken(value, optionsOf(field).min_length, null)
    return broken === null ? NOTHING_WRONG : [broken]
  },
  schema: (field) => ({
    type: 'string',
    format: 'password',
    ...textLengthSchema(optionsOf(field).min_length, null),
  }),
  meta: (field) => ({ min_length: optionsOf(field).min_length ?? null }),
})
