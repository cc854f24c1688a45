/**
 * The part of `server:` in backo.yaml that is about requests, and what Fastify and Node make of it: limits, time,
 * proxies, https. Knows no route.
 */
import type { ServerOptions } from 'node:http'
import type { CorsOptions } from './cors.ts'
import type { EventLimits } from './event-streams.ts'
import type { RateLimitOptions } from './rate-limit.ts'
import type { Served } from './routes.ts'
import type { TlsFiles } from './tls.ts'

/** Times in milliseconds, sizes in bytes. */
export interface HttpOptions extends Served {
  readonly prefix: string
  readonly trust_proxy: boolean | string | number
  readonly body_limit: number
  /** in which a whole request must have come */
  readonly request_timeout: number
  readonly handler_timeout?: number
  readonly keep_alive_timeout?: number
  readonly header_limit?: number
  readonly max_connections?: number
  readonly compression?: boolean
  readonly metrics_token?: string
  readonly cors?: CorsOptions
  readonly events?: Partial<EventLimits>
  readonly rate_limit?: RateLimitOptions
  readonly log?: { readonly access?: boolean }
}

/** How often Node looks for requests that take too long to come: its 30 s would double a short timeout. */
const CHECK_LONGEST = 5000
const CHECK_SHORTEST = 100

/** Node's own limit to the headers' time; nobody needs longer who does not need longer for the body. */
const HEADERS_LONGEST = 60_000

/** Options of Fastify that come from the configuration. */
export function limitsOf(options: HttpOptions, tls: TlsFiles | null) {
  const { request_timeout, keep_alive_timeout } = options
  const server: ServerOptions = {
    maxHeaderSize: options.header_limit ?? 16 * 1024,
    headersTimeout: Math.min(HEADERS_LONGEST, request_timeout || HEADERS_LONGEST),
    requestTimeout: request_timeout,
    connectionsCheckingInterval: Math.min(
      CHECK_LONGEST,
      Math.max(CHECK_SHORTEST, Math.floor(request_timeout / 4)),
    ),
  }
  return {
    trustProxy: trustProxy(options.trust_proxy),
    bodyLimit: options.body_limit,
    requestTimeout: request_timeout,
    ...(keep_alive_timeout !== undefined && { keepAliveTimeout: keep_alive_timeout }),
    // who comes by a connection that is still open is answered, and told that it will be closed
    return503OnClosing: false,
    ...(tls ? { https: { ...server, ...tls } } : { http: server }),
  }
}

/** A number is how many proxies stand before us, nearest first. */
const trustProxy = (
  given: boolean | string | number,
): boolean | string | ((address: string, hop: number) => boolean) =>
  typeof given === 'number' ? (_address, hop) => hop < given : given
