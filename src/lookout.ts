/**
 * Who looks on while an application runs: the figures of `/_metrics`, and traces. What is not configured is not loaded.
 * Knows how to make them, and not what they look at.
 */
import type { Config } from './config/config.ts'
import type { StoreWatch } from './connectors/watch-connector.ts'
import { createLateMetrics } from './http/metrics/late-metrics.ts'
import type { Crew, Metrics, Readings } from './http/metrics/metrics.ts'
import type { Telemetry } from './http/telemetry/telemetry.ts'
import type { Logger } from './log.ts'
import type { Observer } from './operations/context.ts'
import { StartError } from './start-errors.ts'
import { packageVersion } from './version.ts'

export interface Lookout {
  readonly metrics: Readings | null
  readonly telemetry: Telemetry | null
  readonly watchStore: StoreWatch | undefined
  readonly observer: Observer | undefined
}

export interface LookoutParts {
  readonly config: Config
  readonly env: NodeJS.ProcessEnv
  readonly log: Logger
  readonly crew: Crew | undefined
}

/** @throws StartError when `server.telemetry` asks for packages that are not there */
export async function createLookout(parts: LookoutParts): Promise<Lookout> {
  const { metrics } = parts.config.server
  const full = metrics === true ? await metricsOf(parts) : null
  const late = metrics === 'when_asked' ? lateMetricsOf(parts) : null
  const telemetry = await telemetryOf(parts)
  return { metrics: full ?? late, telemetry, ...watchers(full, telemetry) }
}

const lateMetricsOf = ({ crew }: LookoutParts): Readings =>
  createLateMetrics({ version: packageVersion(), crew })

async function metricsOf({ crew }: LookoutParts): Promise<Metrics> {
  const { createMetrics } = await import('./http/metrics/metrics.ts')
  return createMetrics({ version: packageVersion(), crew })
}

/** An endpoint in the environment is meant for many programs: one that can't send traces serves all the same. */
async function telemetryOf({ config, env, log }: LookoutParts): Promise<Telemetry | null> {
  const { telemetry: asked } = config.server
  const endpoint = env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']
  const offered = endpoint !== undefined && endpoint !== ''
  if (asked === false || env['OTEL_SDK_DISABLED'] === 'true' || !(asked === true || offered))
    return null
  const { createTelemetry } = await import('./http/telemetry/telemetry.ts')
  try {
    return await createTelemetry({ name: config.name, version: packageVersion(), env })
  } catch (error) {
    if (asked === true || !(error instanceof StartError)) throw error
    log.warn({ endpoint, hint: error.hint }, 'no traces are sent: packages are not installed')
    return null
  }
}

/** Traces are inside: what they take is part of the figures. */
function watchers(
  metrics: Metrics | null,
  telemetry: Telemetry | null,
): Pick<Lookout, 'watchStore' | 'observer'> {
  if (!telemetry) return { watchStore: metrics?.watchStore, observer: metrics?.observer }
  if (!metrics) {
    const nothing = (): void => undefined
    const observer = { kept: nothing, lost: nothing, again: nothing, rolledBack: nothing }
    return { watchStore: telemetry.watchStore, observer: { ...observer, hook: telemetry.hook } }
  }
  return {
    watchStore: (call, run) => metrics.watchStore(call, () => telemetry.watchStore(call, run)),
    observer: {
      ...metrics.observer,
      hook: (name, run) => metrics.observer.hook(name, () => telemetry.hook(name, run)),
    },
  }
}
