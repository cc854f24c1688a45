/** What a rule may see where there is no request yet: its own value, and the time. */
import type { Env } from '../expression/expr.ts'

export const loneEnv = (): Env => ({
  roots: {},
  now: new Date().toISOString(),
  follow: () => undefined,
  linked: () => [],
})
