/**
 * Requests that another site makes a browser send, with the user's cookie (CSRF). A program, or a browser whose
 * user typed the address, sends neither header.
 */
import type { FastifyRequest } from 'fastify'
import { backoError } from '../errors.ts'

const OURS: ReadonlySet<string> = new Set(['same-origin', 'same-site', 'none'])
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * @param origins those that `server.cors` trusts, asked where the browser does not say whose page it is
 * @throws BackoError 403 when the request may change something and comes from another site
 */
export function expectOwnSite(request: FastifyRequest, origins: readonly string[]): void {
  if (READING.has(request.method)) return
  const { 'sec-fetch-site': site, origin } = request.headers
  const isOurs =
    typeof site === 'string'
      ? OURS.has(site)
      : origin === undefined || origins.includes(origin) || hostOf(origin) === request.host
  if (isOurs) return
  throw backoError('BACKO_RIGHT_DENIED', 'a page of another site sent this', {
    hint: 'pages of other sites send a token as `Authorization: Bearer`',
  })
}

/** `null` is what a page without an origin says. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}
