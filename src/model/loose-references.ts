/**
 * References that are not in an item (arguments of actions, current_user): they name a collection, and
 * make no relation.
 */
import { didYouMean } from '../expression/hint.ts'
import type { Origin } from './draft.ts'
import type { Report } from './report.ts'
import { isReference } from './sides.ts'

export function checkLooseReferences(
  origins: readonly Origin[],
  known: readonly string[],
  report: Report,
): void {
  for (const { field, config, path, at } of origins) {
    if (!isReference(field)) continue
    if (config.coll === undefined) {
      report.error(
        'BACKO_CONFIG_MISSING',
        path,
        `a ${field.type.name} needs \`coll\`, the collection it refers to`,
      )
    } else if (!known.includes(config.coll)) {
      report.error(
        'BACKO_CONFIG_UNKNOWN_COLLECTION',
        at('coll'),
        `unknown collection ${config.coll}`,
        {
          hint: didYouMean(config.coll, known),
        },
      )
    }
    if (config.field !== undefined) {
      report.error(
        'BACKO_CONFIG_REVERSE',
        at('field'),
        'only a field of an item can have a reverse side',
        {
          at: 'key',
        },
      )
    }
  }
}
