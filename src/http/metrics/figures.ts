/**
 * The figures of `/_metrics`, by name: what each counts, and by what. The home of prom-client, which only those load
 * who have `server.metrics`. No label may be what a client can choose freely.
 */
import {
  AggregatorRegistry,
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  Registry,
} from 'prom-client'

/** Seconds. */
const REQUEST_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const STORE_BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5]

/** A registry of its own: an embedding program's figures stay its own. */
export function createFigures() {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter<L>({ name, help, labelNames: [...labelNames], registers })
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge<L>({ name, help, labelNames: [...labelNames], registers })
  return {
    registry,
    requests: counter('backo_http_requests_total', 'Requests answered', REQUEST_LABELS),
    requestTimes: new Histogram({
      name: 'backo_http_request_duration_seconds',
      help: 'From the first header of a request to the last byte of its answer',
      labelNames: REQUEST_LABELS,
      buckets: REQUEST_BUCKETS,
      registers,
    }),
    inFlight: gauge('backo_http_requests_in_flight', 'Requests that are being answered', []),
    storeTimes: new Histogram({
      name: 'backo_store_call_duration_seconds',
      help: 'Calls of stores',
      labelNames: ['store', 'operation', 'outcome'] as const,
      buckets: STORE_BUCKETS,
      registers,
    }),
    storeInFlight: gauge('backo_store_calls_in_flight', 'Calls of stores that wait', ['store']),
    commits: counter('backo_commits_total', 'Transactions that wrote something and were kept', []),
    conflicts: counter(
      'backo_conflicts_total',
      'Attempts at a transaction that another change came before',
      ['kind'],
    ),
    retries: counter('backo_retries_total', 'Attempts made anew after a conflict', []),
    rolledBack: counter(
      'backo_rollbacks_total',
      'Transactions that were to write something, of which nothing was kept',
      [],
    ),
    hookTimes: new Histogram({
      name: 'backo_hook_duration_seconds',
      help: 'Hooks, by name',
      labelNames: ['hook', 'outcome'] as const,
      buckets: REQUEST_BUCKETS,
      registers,
    }),
    queues: gauge('backo_queue_length', 'How many wait, at the time of asking', ['queue']),
    workers: gauge('backo_workers', 'Processes that these figures are of', []),
    build: new Gauge({
      name: 'backo_build_info',
      help: 'What runs; `config` is the hash of the configuration that is served',
      labelNames: ['version', 'node', 'config'] as const,
      aggregator: 'max',
      registers,
    }),
  }
}

const REQUEST_LABELS = ['method', 'route', 'status'] as const

export type Figures = ReturnType<typeof createFigures>

export const MEDIA_TYPE = Registry.PROMETHEUS_CONTENT_TYPE

/** Of several processes, as `registry.getMetricsAsJSON()` gave them, as one. */
export const textOfAll = (each: readonly object[]): Promise<string> =>
  AggregatorRegistry.aggregate([...each]).metrics()
