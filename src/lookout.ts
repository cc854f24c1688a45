/**
 * Who looks on while an application runs: the figures of `/_metrics`. What is not configured is not loaded. Knows how
 * to make them, and not what they look at.
 */
import type { ServerConfig } from './config/config.ts'
import type { StoreWatch } from './connectors/watch-connector.ts'
import type { Crew, Metrics } from './http/metrics/metrics.ts'
import type { Observer } from './operations/context.ts'
import { packageVersion } from './version.ts'

export interface Lookout {
  readonly metrics: Metrics | null
  readonly watchStore: StoreWatch | undefined
  readonly observer: Observer | undefined
}

export async function createLookout(
  { metrics: wanted }: ServerConfig,
  crew: Crew | undefined,
): Promise<Lookout> {
  if (!wanted) return { metrics: null, watchStore: undefined, observer: undefined }
  const { createMetrics } = await import('./http/metrics/metrics.ts')
  const metrics = createMetrics({ version: packageVersion(), crew })
  return { metrics, watchStore: metrics.watchStore, observer: metrics.observer }
}
