/**
 * `server:` as written -> ServerConfig: defaults filled in, paths absolute, durations in milliseconds, sizes in bytes.
 * Takes any shape and never throws, as normalise.ts.
 */
import { resolve } from 'node:path'
import type { ServerConfig, TlsConfig } from './config.ts'
import { asFlag, asMap, asNumber, asText, asTexts, mapValues, present } from './shape.ts'
import { parseDuration, parseSize } from './units.ts'

/** `directory` is what paths are relative to. */
export function normaliseServer(value: unknown, directory: string): ServerConfig {
  const written = asMap(value) ?? {}
  const trusted = written['trust_proxy']
  const isTrust =
    typeof trusted === 'boolean' || typeof trusted === 'string' || typeof trusted === 'number'
  return present({
    host: asText(written['host']) ?? '127.0.0.1',
    port: asNumber(written['port']) ?? 8080,
    prefix: normalisePrefix(asText(written['prefix']) ?? ''),
    trust_proxy: isTrust ? trusted : false,
    body_limit: parseSize(written['body_limit']) ?? 1024 ** 2,
    hook_timeout: parseDuration(written['hook_timeout']) ?? 5000,
    request_timeout: parseDuration(written['request_timeout']) ?? 30_000,
    handler_timeout: parseDuration(written['handler_timeout']),
    keep_alive_timeout: parseDuration(written['keep_alive_timeout']) ?? 72_000,
    header_limit: parseSize(written['header_limit']) ?? 16 * 1024,
    max_connections: asNumber(written['max_connections']),
    drain: parseDuration(written['drain']) ?? 0,
    shutdown_timeout: parseDuration(written['shutdown_timeout']) ?? 10_000,
    tls: normaliseTls(written['tls'], directory),
    compression: asFlag(written['compression']) ?? false,
    cors: normaliseCors(written['cors']),
    rate_limit: normaliseRateLimit(written['rate_limit']),
    docs: asFlag(written['docs']) ?? true,
    admin: asFlag(written['admin']) ?? true,
    metrics: asFlag(written['metrics']) ?? (asMap(written['metrics']) ? true : 'when_asked'),
    metrics_token: asText(asMap(written['metrics'])?.['token']),
    telemetry: asFlag(written['telemetry']),
    log: normaliseLog(written['log']),
  }) as ServerConfig
}

/** `''`, or `/api`: with a slash before and none behind. */
function normalisePrefix(prefix: string): string {
  const parts = prefix.split('/').filter((part) => part !== '')
  return parts.map((part) => `/${part}`).join('')
}

function normaliseCors(value: unknown): ServerConfig['cors'] {
  const written = asMap(value)
  return written && { origin: asTexts(written['origin']) }
}

function normaliseTls(value: unknown, directory: string): TlsConfig | undefined {
  const written = asMap(value)
  const [cert, key, ca] = ['cert', 'key', 'ca'].map((name) => {
    const file = asText(written?.[name])
    return file === undefined ? undefined : resolve(directory, file)
  })
  if (cert === undefined || key === undefined) return undefined
  return present({ cert, key, ca, passphrase: asText(written?.['passphrase']) }) as TlsConfig
}

function normaliseRateLimit(value: unknown): ServerConfig['rate_limit'] {
  const { max, window } = asMap(value) ?? {}
  const milliseconds = parseDuration(window)
  return typeof max === 'number' && milliseconds !== undefined
    ? { max, window: milliseconds }
    : undefined
}

function normaliseLog(value: unknown): ServerConfig['log'] {
  const { level, access, loggers } = asMap(value) ?? {}
  return {
    level: asText(level) ?? 'info',
    access: asFlag(access) ?? false,
    loggers: mapValues(loggers, asText),
  }
}
