/**
 * What `validate --strict` looks for beyond faults: what is probably not meant, dear, or shows more than it should. Asked of a
 * model that is right; a new rule is a file here, a line in this list, and a row in config/finding-rules.ts.
 */
import type { Config, ConfigSource, Finding } from '../../config/config.ts'
import type { Backoffice } from '../backoffice.ts'
import { createReport, type Report } from '../report.ts'
import { lintCascades } from './cascades.ts'
import { lintConstantRules } from './constant-rules.ts'
import { lintLeaks } from './leaks.ts'
import { lintOpenActions } from './open-actions.ts'
import { lintUnindexed } from './unindexed.ts'

type Lint = (config: Config, model: Backoffice, report: Report) => void

const LINTS: readonly Lint[] = [
  lintOpenActions,
  lintConstantRules,
  (_config, model, report) => lintLeaks(model, report),
  (_config, model, report) => lintCascades(model, report),
  lintUnindexed,
]

export function lintStrict(
  config: Config,
  model: Backoffice,
  source: ConfigSource,
): readonly Finding[] {
  const report = createReport(source)
  for (const lint of LINTS) lint(config, model, report)
  return report.findings()
}
