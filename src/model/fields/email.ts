/**
 * Type `Email`: one address, `local@domain`, as mail programs take it; letters of any script.
 * Quoted local parts and address literals (RFC 5321) are left out on purpose.
 */
import { STRING } from '../../expression/expr.ts'
import type { FieldType } from './field-type.ts'
import { isText, kept, NOTHING_WRONG, refused } from './parsed.ts'

const NOT_AN_EMAIL = refused('Must be an email')
const LOCAL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u
// an underscore is in no domain of the internet, but in names of local networks
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}_-]*[\p{L}\p{M}\p{N}])?$/u
/** RFC 5321 section 4.5.3.1 */
const MAX = { address: 254, local: 64, label: 63 }

function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@')
  if (text.length > MAX.address || at < 1 || at > MAX.local) return false
  const labels = text.slice(at + 1).split('.')
  return (
    labels.length > 1 &&
    LOCAL.test(text.slice(0, at)) &&
    labels.every((label) => label.length <= MAX.label && LABEL.test(label))
  )
}

export const emailType: FieldType = Object.freeze<FieldType>({
  name: 'Email',
  description: 'An email address',
  options: {},
  valueType: () => STRING,
  parse: (_field, raw) => (isText(raw) && isEmail(raw) ? kept(raw) : NOT_AN_EMAIL),
  // a filter may compare with a part of an address
  fromText: (_field, text) => (isText(text) ? kept(text) : NOT_AN_EMAIL),
  check: () => NOTHING_WRONG,
  schema: () => ({ type: 'string', format: 'email' }),
  meta: () => ({}),
})
