/**
 * The rules on values over a whole item: required, those of the types, enum, constraints. Each failing
 * field is told once, by the first rule it breaks. Values are already of their types (accept.ts).
 */
import type { FieldError } from '../../errors.ts'
import type { DictValue, Env } from '../../expression/expr.ts'
import type { Field } from '../backoffice.ts'
import { checkerOf } from './checkers.ts'
import { runRules } from './rule-run.ts'

export interface CheckOptions {
  /** does the field exist for this item? Without it rules are asked, and hooks taken for a yes */
  readonly exists?: (field: Field) => boolean
  /** false: expressions are not asked (constraints, enum by expression, exists); default true */
  readonly expressions?: boolean
}

/**
 * Derived sides are checked where `doc` has them. Roots `item` and `value` are added to `env`.
 */
export function checkItem(
  item: Field,
  doc: DictValue,
  env: Env,
  options: CheckOptions = {},
): FieldError[] {
  const errors: FieldError[] = []
  const checker = checkerOf(item)
  if (checker === null) return errors
  const { exists, expressions = true } = options
  checker({ errors, rules: expressions ? runRules(env, doc) : null, exists }, doc, '$')
  return errors
}

/**
 * The errors at or under a selector, for `_check`: `$.lines` and `$.lines.price` both take
 * `$.lines[0].price`; `$` takes all.
 */
export function errorsUnder(errors: readonly FieldError[], selector: string): FieldError[] {
  const asked = segments(selector)
  return errors.filter(({ path }) => startsWith(segments(path), asked))
}

const segments = (selector: string): string[] =>
  selector
    .split(/[.[\]]+/)
    .filter((segment, at) => segment !== '' && !(at === 0 && segment === '$'))

/** An index that was not asked for is passed over. */
function startsWith(path: readonly string[], asked: readonly string[]): boolean {
  let at = 0
  for (const segment of asked) {
    while (at < path.length && path[at] !== segment && /^\d+$/.test(path[at] ?? '')) at++
    if (path[at++] !== segment) return false
  }
  return true
}
