/**
 * The parts of the schema about the machine: `server`, and those beside it. Knows no collection.
 */
import {
  duration,
  flag,
  integer,
  oneOrList,
  object,
  size,
  text,
  type JsonSchema,
} from './schema-parts.ts'
import { auth } from './schema-auth.ts'
import { storage, storageTypes } from './schema-storage.ts'

export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

const LOGGERS = [
  'backoffice',
  'item',
  'ref',
  'transaction',
  'yaml',
  'sqlite',
  'mongo',
  'select',
  'migration',
  'http',
] as const

export function serverDefinitions(): Record<string, JsonSchema> {
  return { server: server(), storage: storage(), ...storageTypes(), auth: auth() }
}

function server(): JsonSchema {
  return object({
    host: text('Address to listen on', { default: '127.0.0.1' }),
    port: integer('Port to listen on; 0 takes a free one', {
      minimum: 0,
      maximum: 65535,
      default: 8080,
    }),
    prefix: text('What comes before every path', {
      title: 'prefix',
      pattern: '^(/?[A-Za-z0-9._~-]+)*/?$',
      default: '',
      examples: ['/api'],
    }),
    trust_proxy: {
      anyOf: [
        { type: 'boolean' },
        { type: 'integer', minimum: 0 },
        { type: 'string', minLength: 1 },
      ],
      description: 'Believe X-Forwarded-*: true, a number of proxies, or their addresses',
      default: false,
    },
    ...limits(),
    tls: tls(),
    compression: flag('Compress answers from 1 KiB on (br, gzip) where the client takes it', false),
    cors: object(
      {
        origin: oneOrList(text('An origin, or *', { minLength: 1 }), {
          description: 'Origins whose pages may call',
        }),
      },
      { required: ['origin'], description: 'Cross-origin requests' },
    ),
    rate_limit: object(
      {
        max: integer('Requests in a window', { minimum: 1 }),
        window: duration('Length of a window'),
      },
      { required: ['max', 'window'], description: 'Limit by user, else by address' },
    ),
    docs: flag('Serve the OpenAPI page', true),
    admin: flag('Serve the web page', true),
    metrics: metrics(),
    telemetry: flag(
      'Send traces (OpenTelemetry, OTLP by http) where OTEL_* say; default: when OTEL_EXPORTER_OTLP_ENDPOINT is set',
    ),
    log: log(),
  })
}

const level = (description: string, byDefault?: string): JsonSchema => ({
  type: 'string',
  enum: LEVELS,
  description,
  ...(byDefault === undefined ? {} : { default: byDefault }),
})

function limits(): Record<string, JsonSchema> {
  return {
    body_limit: size('Largest body of a request', '1MiB'),
    hook_timeout: duration('A hook that takes longer ends with 503 and a rollback', '5s'),
    request_timeout: duration('A request must have come in whole by then, else 408', '30s'),
    handler_timeout: duration('An answer that takes longer is 503; default: no limit'),
    keep_alive_timeout: duration(
      'How long a connection waits for its next request; longer than that of a proxy before this',
      '72s',
    ),
    header_limit: size('All headers of a request together, else 431', '16KiB'),
    max_connections: integer('Connections at once; more are closed. Default: no limit', {
      minimum: 1,
    }),
    drain: duration('After SIGTERM /_health/ready is 503 for so long before the port closes', '0s'),
    shutdown_timeout: duration(
      'Requests in flight have so long to end once the port is closed; then they are cut',
      '10s',
    ),
  }
}

function tls(): JsonSchema {
  return object(
    {
      cert: text('Certificate and its chain, PEM; relative to this file', { minLength: 1 }),
      key: text('Its private key, PEM', { minLength: 1 }),
      passphrase: text('Of the private key', { examples: ['${TLS_PASSPHRASE}'] }),
      ca: text('Authority, PEM: only clients with a certificate of it come in', {
        minLength: 1,
      }),
    },
    {
      required: ['cert', 'key'],
      description: 'Serve https; the files are read again when they change',
    },
  )
}

function metrics(): JsonSchema {
  return {
    anyOf: [
      { type: 'boolean' },
      object(
        {
          token: text('Who reads them sends `Authorization: Bearer <token>`', {
            minLength: 16,
            examples: ['${METRICS_TOKEN}'],
          }),
        },
        { required: ['token'] },
      ),
    ],
    description:
      'Serve /_metrics (Prometheus). Where nothing is said: of requests and the process, from when somebody asks first',
  }
}

function log(): JsonSchema {
  return object(
    {
      level: level('Level of every logger that has none of its own', 'info'),
      access: flag('A line a request, at level info of the logger http', false),
      loggers: object(
        Object.fromEntries(LOGGERS.map((name) => [name, level(`Level of the logger ${name}`)])),
        { description: 'Levels by logger', examples: [{ mongo: 'debug' }] },
      ),
    },
    { description: 'What is logged' },
  )
}
