/**
 * Collects what is wrong with a configuration while it is compiled: a finding never stops the compiler,
 * so that all problems are shown at once. Knows places in files; no field, no collection.
 */
import type { ConfigPath, ConfigSource, Finding } from '../config/config.ts'
import { sortFindings } from '../config/findings.ts'
import type { Env, ExprProblem, Range, Value } from '../expression/expr.ts'
import type { Rule } from './backoffice.ts'

export interface FindingDetail {
  readonly hint?: string | undefined
  /** underline the key, not its value */
  readonly at?: 'key' | 'value'
  /** characters within the text of the value */
  readonly range?: Range | undefined
}

export interface Report {
  readonly error: (code: string, path: ConfigPath, message: string, detail?: FindingDetail) => void
  readonly warning: (
    code: string,
    path: ConfigPath,
    message: string,
    detail?: FindingDetail,
  ) => void
  /** the problems of an expression, each underlined within its text */
  readonly problems: (code: string, path: ConfigPath, problems: readonly ExprProblem[]) => void
  /** in order of file, line and column */
  readonly findings: () => readonly Finding[]
  readonly failed: () => boolean
  /** each rule as it is compiled: the same, or one that is watched */
  readonly made: (rule: Rule) => Rule
}

/** Told of every evaluation of a rule in memory. `env` moves on: what is kept of it must be copied. */
export type WatchRule = (rule: Rule, env: Env, value: Value) => void

/** An empty report. The same words at the same place are kept once: a named type is compiled at each use. */
export function createReport(source: ConfigSource, watch?: WatchRule): Report {
  const kept = new Map<string, Finding>()

  const add = (
    severity: Finding['severity'],
    finding: Omit<Finding, 'severity' | 'location' | 'hint'>,
    detail: FindingDetail,
  ): void => {
    const { range, hint, at } = detail
    const key = JSON.stringify([finding.code, finding.path, finding.message, range ?? null])
    if (kept.has(key)) return
    const options = { ...(at ? { at } : {}), ...(range ? { range } : {}) }
    const location = source.locate(finding.path, options)
    kept.set(key, Object.freeze({ severity, ...finding, location, ...(hint ? { hint } : {}) }))
  }

  const error: Report['error'] = (code, path, message, detail = {}) =>
    add('error', { code, path, message }, detail)

  return Object.freeze({
    error,
    warning: (code, path, message, detail = {}) => {
      if (!source.ignores(path, code)) add('warning', { code, path, message }, detail)
    },
    problems: (code, path, problems) => {
      for (const { message, range, hint } of problems) error(code, path, message, { range, hint })
    },
    findings: () => Object.freeze(sortFindings([...kept.values()], source)),
    made: (rule) => (watch === undefined ? rule : watched(rule, watch)),
    failed: () => [...kept.values()].some((finding) => finding.severity === 'error'),
  } satisfies Report)
}

const watched = (rule: Rule, watch: WatchRule): Rule =>
  Object.freeze({
    ...rule,
    evaluate: (env: Env) => {
      const value = rule.evaluate(env)
      watch(rule, env, value)
      return value
    },
  })
