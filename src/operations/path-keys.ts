/** The keys that a client's path leads through: a selector (`$.a.list[0]`, `[-]` appends) or a JSON Pointer. */
import type { Checked } from '../expression/expr.ts'
import { parsePointer, selectorToKeys } from '../expression/selector.ts'

export const pathKeys = (text: string): Checked<readonly string[]> =>
  text === '' || text.startsWith('/') ? parsePointer(text) : selectorToKeys(text)
