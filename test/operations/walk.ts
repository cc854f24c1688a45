/** Requests in order, a row each, to a world; `{jane}` in a row is the `_id` of what an earlier row kept as `jane`. */
import type { Test } from 'tap'
import { differs } from '../http/partial.ts'
import type { World } from './world.ts'

export interface Row {
  readonly send: string
  readonly body?: unknown
  /** `login:ROLE,ROLE`; nobody: anonymous */
  readonly as?: string
  readonly status?: number
  /** of the answer's body, see partial.ts */
  readonly expect?: unknown
  readonly keep?: string
  readonly why?: string
}

/** A status not named must be 200 or 201. */
export async function walk(t: Test, world: World, rows: readonly Row[]): Promise<void> {
  const { kept } = world
  const fill = (text: string): string =>
    text.replaceAll(/\{([a-z]\w*)\}/g, (all, name: string) => kept.get(name) ?? all)
  for (const { send, body, as, status, expect, keep, why } of rows) {
    const asked: unknown = body === undefined ? undefined : JSON.parse(fill(JSON.stringify(body)))
    const answer = await world.call(fill(send), asked, as)
    if (keep !== undefined && answer.body?._id !== undefined) kept.set(keep, answer.body._id)
    const expected: unknown = expect === undefined ? undefined : filled(expect, fill)
    const fault =
      status === undefined
        ? answer.status < 300
          ? undefined
          : `status ${answer.status}`
        : differs(answer.status, status, 'status')
    const told = fault ?? (expect === undefined ? undefined : differs(answer.body, expected))
    const name = `${as ?? 'anonymous'}: ${send}${why === undefined ? '' : ` (${why})`}`
    if (told === undefined) t.pass(name)
    else t.fail(name, { fault: told, body: JSON.stringify(answer.body)?.slice(0, 1500) })
  }
}

function filled(value: unknown, fill: (text: string) => string): unknown {
  if (typeof value === 'string') return fill(value)
  if (Array.isArray(value)) return value.map((each) => filled(each, fill))
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filled(each, fill)]))
}
