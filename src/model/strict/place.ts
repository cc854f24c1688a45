/** Where fields stand in the configuration, and what a right says in words. */
import type { ConfigPath } from '../../config/config.ts'
import type { Right } from '../backoffice.ts'

/** Of a field by its dotted path; findings take the nearest place that is there. */
export const placeOf = (collection: string, path: string, ...more: ConfigPath): ConfigPath => [
  'collections',
  collection,
  ...path.split('.').flatMap((name) => ['fields', name]),
  ...more,
]

/** Equal for rights that are the same. */
export function wordsOf(right: Right): string {
  switch (right.kind) {
    case 'always':
      return String(right.value)
    case 'rule':
      return right.rule.text
    case 'hook':
      return `hook ${right.name}`
    default:
      return right satisfies never
  }
}
