/**
 * backo.yaml to the compiled model: config, hooks, model, one arrow. Opens no store and no port: it is
 * what `validate` does, and the first half of `serve` and of a reload.
 */
import { stat } from 'node:fs/promises'
import type { Config, ConfigSource, Finding } from './config/config.ts'
import { sortFindings } from './config/findings.ts'
import { loadConfig, loadConfigText } from './config/load-config.ts'
import { BackoError } from './errors.ts'
import { loadHooks } from './hooks/load-hooks.ts'
import type { Backoffice } from './model/backoffice.ts'
import { compileModel } from './model/compile.ts'
import type { WatchRule } from './model/report.ts'
import { itemMethods } from './operations/index.ts'
import { StartError } from './start-errors.ts'

/** A file; or its text, or the same as an object, with the folder that relative paths start from. */
export type Source = string | { readonly text: string | object; readonly directory: string }

export interface LoadedModel {
  /** errors and warnings, in order of place */
  readonly findings: readonly Finding[]
  readonly source: ConfigSource
  /** absent when one of the findings is an error */
  readonly model?: Model
}

export interface Model {
  readonly config: Config
  readonly backoffice: Backoffice
  /** exports of the hooks modules, by name */
  readonly hooks: ReadonlyMap<string, unknown>
}

export interface LoadOptions {
  /** for `${NAME}`; default `process.env` */
  readonly env?: NodeJS.ProcessEnv
  /** told of every evaluation of a rule, for `backo test` and `backo explain` */
  readonly watch?: WatchRule
  /** looks further: what is right, and probably not meant; see model/strict */
  readonly strict?: boolean
}

/** What `import { ... } from 'backo'` gives in a hook. */
export const FOR_HOOKS = { BackoError, itemMethods }

/**
 * Never throws for what is in the file: that is a finding.
 * @throws StartError when there is no file to read
 */
export async function loadModel(from: Source, options: LoadOptions = {}): Promise<LoadedModel> {
  if (typeof from === 'string') await expectFile(from)
  const loaded =
    typeof from === 'string'
      ? await loadConfig(from, options)
      : await loadConfigText(from.text, { ...options, directory: from.directory })
  const { config, source, hash } = loaded
  if (!config) return loaded
  const { hooks, findings: hookFindings } = await loadHooks(config.hooks, FOR_HOOKS)
  const known = hookFindings.length === 0 ? hooks : null
  const { backoffice, findings: modelFindings } = compileModel(
    { config, source, hash },
    known,
    options.watch,
  )
  const strict = options.strict && backoffice ? await lint(config, backoffice, source) : []
  const all = [...loaded.findings, ...hookFindings, ...modelFindings, ...strict]
  const findings = sortFindings(all, source)
  const failed = findings.some(({ severity }) => severity === 'error')
  return failed || !backoffice
    ? { findings, source }
    : { findings, source, model: { config, backoffice, hooks } }
}

/** Loaded where it is asked for: to serve takes none of it. */
async function lint(
  config: Config,
  backoffice: Backoffice,
  source: ConfigSource,
): Promise<readonly Finding[]> {
  const { lintStrict } = await import('./model/strict/lint-strict.ts')
  return lintStrict(config, backoffice, source)
}

async function expectFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined)
  if (found?.isFile() === true) return
  throw new StartError(found ? `${file} is not a file` : `there is no file ${file}`, {
    hint: 'give the path of a backo.yaml',
  })
}
