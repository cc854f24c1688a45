/**
 * A type's own options: known to its row, and compiled by it. Knows no type in particular.
 */
import type { FieldDraft } from './draft.ts'
import type { ResolvedType } from './named-types.ts'
import { didYouMean } from '../expression/hint.ts'
import type { Report } from './report.ts'

/** Options that every type has (config.md "Options of every type"), after aliases were replaced. */
const GENERIC: readonly string[] = [
  'type',
  'required',
  'description',
  'example',
  'default',
  'enum',
  'transform',
  'constraints',
  'set',
  'onchange',
  'exists',
  'can_read',
  'can_modify',
  'on',
  'views',
  'renamed_from',
  'index',
  'unique',
]

/** Fields in fields: the builder compiles those. */
const CONTENT: readonly string[] = ['fields', 'items', 'types']

/** The options as the row reads them; what is wrong with them is told where each was written. */
export function typeOptions(
  { type, config, at }: ResolvedType,
  report: Report,
): FieldDraft['options'] {
  const raw: Record<string, unknown> = {}
  for (const [option, value] of Object.entries(config)) {
    if (GENERIC.includes(option) || option.startsWith('x-')) continue
    if (!Object.hasOwn(type.options, option)) {
      report.error('BACKO_CONFIG_UNKNOWN_KEY', at(option), `${type.name} has no option ${option}`, {
        at: 'key',
        hint: didYouMean(option, [...Object.keys(type.options), ...GENERIC]),
      })
    } else if (!CONTENT.includes(option)) raw[option] = value
  }
  const compiled = type.compile?.(raw)
  for (const { option, message, hint } of compiled?.problems ?? []) {
    report.error('BACKO_CONFIG_OPTION', at(option), message, { hint })
  }
  return compiled?.options ?? Object.freeze(raw)
}
