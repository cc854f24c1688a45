/**
 * `enum` of a field: literal values in the form that is kept, or an expression.
 */
import type { Scope, Value } from '../expression/expr.ts'
import type { Field } from './backoffice.ts'
import type { Origin } from './draft.ts'
import { parseLiteral } from './literals.ts'
import type { Report } from './report.ts'
import { compileCondition } from './rules.ts'

export function compileEnum(
  { field, config, at }: Origin,
  scope: Scope,
  report: Report,
): Field['enum'] {
  const said = config.enum
  if (said === undefined) return null
  const path = at('enum')
  if ('expr' in said) {
    const rule = compileCondition(said.expr, { scope, path: [...path, 'expr'] }, report)
    return rule && Object.freeze({ rule })
  }
  if (said.length === 0) {
    report.error('BACKO_CONFIG_ENUM', path, 'no value is allowed', {
      hint: 'leave `enum` out to allow every value',
    })
  }
  const values = said.flatMap((raw, i): Value[] => {
    // an unset value is for `required` to allow or not
    if (raw === null) return []
    const parsed = parseLiteral(field, raw)
    if ('value' in parsed) return [parsed.value]
    report.error('BACKO_CONFIG_ENUM', [...path, i], parsed.error)
    return []
  })
  return Object.freeze({ values: Object.freeze(values) })
}
