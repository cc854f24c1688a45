/**
 * `default` of a field: a literal that keeps the field's own rules, an expression or a hook.
 */
import type { ConfigPath } from '../config/config.ts'
import type { Scope } from '../expression/expr.ts'
import type { Default } from './backoffice.ts'
import type { Origin } from './draft.ts'
import type { HookNames } from './hook-names.ts'
import { brokenRules, parseLiteral } from './literals.ts'
import type { Report } from './report.ts'
import { compileRule } from './rules.ts'

interface DefaultTools {
  readonly report: Report
  readonly hooks: HookNames
}

/** Options and `enum` of the field are compiled by now. */
export function compileDefault(origin: Origin, scope: Scope, tools: DefaultTools): Default | null {
  const { field, config, at } = origin
  const said = config.default
  if (said === undefined || said === null) return null
  const path = at('default')
  if (config.set !== undefined) {
    tools.report.error('BACKO_CONFIG_DEFAULT', path, 'a computed field has no default', {
      at: 'key',
    })
    return null
  }
  const text = only(said, 'expr')
  if (text !== null) {
    const place = { scope, path: [...path, 'expr'], expected: field.valueType }
    const rule = compileRule(text, place, tools.report)
    return rule && Object.freeze({ kind: 'rule', rule })
  }
  const hook = only(said, 'hook')
  if (hook !== null) {
    return Object.freeze({ kind: 'hook', name: tools.hooks.check(hook, [...path, 'hook']) })
  }
  return literalDefault(origin, said, path, tools.report)
}

/** The text of `{ expr: ... }` or `{ hook: ... }`, when it is nothing but that. */
function only(said: unknown, key: string): string | null {
  if (typeof said !== 'object' || said === null || Array.isArray(said)) return null
  const [entry, ...more] = Object.entries(said)
  if (!entry || more.length > 0 || entry[0] !== key) return null
  return typeof entry[1] === 'string' ? entry[1] : null
}

function literalDefault(
  { field }: Origin,
  said: unknown,
  path: ConfigPath,
  report: Report,
): Default | null {
  const parsed = parseLiteral(field, said)
  const secret = field.type.secret === true
  const shown = secret ? '' : ` (default: ${JSON.stringify(said)})`
  if (!('value' in parsed)) {
    report.error('BACKO_CONFIG_DEFAULT', path, `${parsed.error}${shown}`)
    return null
  }
  for (const message of brokenRules(field, parsed.value)) {
    report.error('BACKO_CONFIG_DEFAULT', path, `${message}${shown}`)
  }
  return Object.freeze({ kind: 'value', value: parsed.value })
}
