/**
 * Names of hooks: is there such an export? Where the modules were not loaded, every name is taken.
 * Never calls a hook.
 */
import type { ConfigPath } from '../config/config.ts'
import { didYouMean } from '../expression/hint.ts'
import type { Report } from './report.ts'

export interface HookNames {
  /** the name as it is, with a finding when no module exports it */
  readonly check: (name: string, path: ConfigPath) => string
}

export function createHookNames(
  hooks: ReadonlyMap<string, unknown> | null,
  report: Report,
): HookNames {
  return Object.freeze({
    check: (name: string, path: ConfigPath) => {
      if (hooks === null || typeof hooks.get(name) === 'function') return name
      const message = hooks.has(name)
        ? `${name} of the hooks module is not a function`
        : `no hooks module exports ${name}`
      report.error('BACKO_CONFIG_HOOK_MISSING', path, message, { hint: hint(name, hooks) })
      return name
    },
  })
}

function hint(name: string, hooks: ReadonlyMap<string, unknown>): string | undefined {
  if (hooks.size === 0) return 'name the module at the top level: `hooks: ./hooks.ts`'
  const known = [...hooks].flatMap(([each, hook]) => (typeof hook === 'function' ? each : []))
  return didYouMean(name, known) ?? `export it: \`export const ${name} = async (...) => { ... }\``
}
