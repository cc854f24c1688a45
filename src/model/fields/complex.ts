/**
 * Type `Complex`: a complex number as its two parts.
 */
import { FLOAT, type Member } from '../../expression/expr.ts'
import type { FieldType, Parsed } from './field-type.ts'
import { isDict, kept, NOTHING_WRONG, orNull, refused } from './parsed.ts'

const NOT_COMPLEX = refused('Must be a complex')
const MEMBERS: ReadonlyMap<string, Member> = new Map([
  ['real', { type: FLOAT }],
  ['imag', { type: FLOAT }],
])

function parseComplex(raw: unknown): Parsed {
  if (!isDict(raw) || !Object.hasOwn(raw, 'real') || !Object.hasOwn(raw, 'imag')) return NOT_COMPLEX
  const { real, imag } = raw
  if (Object.keys(raw).length !== 2 || !isPart(real) || !isPart(imag)) return NOT_COMPLEX
  return kept({ real: real === 0 ? 0 : real, imag: imag === 0 ? 0 : imag })
}

const isPart = (raw: unknown): raw is number => typeof raw === 'number' && Number.isFinite(raw)

export const complexType: FieldType = Object.freeze<FieldType>({
  name: 'Complex',
  description: 'A complex number: {"real": 1.0, "imag": 2.0}',
  options: {},
  valueType: () => Object.freeze({ kind: 'dict', name: 'Complex', fields: () => MEMBERS }),
  parse: (_field, raw) => parseComplex(raw),
  fromText: orNull(() => NOT_COMPLEX),
  check: () => NOTHING_WRONG,
  schema: () => ({
    type: 'object',
    properties: { real: { type: 'number' }, imag: { type: 'number' } },
    required: ['real', 'imag'],
    additionalProperties: false,
  }),
  meta: () => ({}),
})
