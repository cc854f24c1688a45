/** Why an application can't start, in words for the one who starts it. No stack is shown for these. */
import type { ConfigSource, Finding } from './config/config.ts'

/** backo.yaml has errors. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  /** errors and warnings, located */
  readonly findings: readonly Finding[]
  readonly source: ConfigSource

  constructor(findings: readonly Finding[], source: ConfigSource) {
    const errors = findings.filter(({ severity }) => severity === 'error')
    const first = errors[0]
    const place = first?.location
    const where = place ? `${place.file}:${place.line}:${place.column}: ` : ''
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
    super(`${where}${first?.message ?? 'the configuration is not valid'}${more}`)
    this.findings = findings
    this.source = source
  }
}

/** The configuration is right, and yet: a port in use, a folder that can't be written, a locked store. */
export class StartError extends Error {
  override readonly name = 'StartError'
  readonly hint: string | undefined

  constructor(
    message: string,
    options: { readonly hint?: string | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.hint = options.hint
  }
}
