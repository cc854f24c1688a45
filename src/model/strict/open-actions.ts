/** Actions that anyone may run, in collections that not anyone may change: the default of `can_execute` is true. */
import type { Config } from '../../config/config.ts'
import type { Backoffice } from '../backoffice.ts'
import type { Report } from '../report.ts'
import { isAlways } from '../rights.ts'

export function lintOpenActions(config: Config, model: Backoffice, report: Report): void {
  if (config.auth?.required === true) return
  for (const collection of model.collections.values()) {
    // that anyone may change it is told already
    if (isAlways(collection.canModify)) continue
    for (const action of collection.actions.values()) {
      const said = config.collections[collection.name]?.actions[action.name]
      if (said === undefined || said.can_execute !== undefined) continue
      if (!isAlways(action.canExecute)) continue
      report.warning(
        'BACKO_CONFIG_OPEN_ACTION',
        ['collections', collection.name, 'actions', action.name],
        `anyone, logged in or not, may run ${action.name}, as it has no can_execute`,
        { at: 'key', hint: 'say who may: `can_execute: current_user.has_role("ADMIN")`, or true' },
      )
    }
  }
}
