/** A body that must be an object. */
import { invalid } from '../errors.ts'
import type { DictValue } from '../expression/expr.ts'

export function asDict(body: unknown): DictValue {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as DictValue
  throw invalid([{ path: '$', message: 'Must be a dict', value: body ?? null }])
}
