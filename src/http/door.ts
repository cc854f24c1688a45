/**
 * Who comes in to a route, before a body is read: anyone, the one who logs in, the user, or who may read the figures.
 * Knows no answer.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import { backoError } from '../errors.ts'
import type { Asking, Authentication, DoorHook } from './authenticate.ts'
import { authenticating, expectLogin } from './authenticate.ts'
import type { CountRequest } from './rate-limit.ts'
import type { Route } from './routes.ts'

export interface DoorKeepers extends Authentication, Asking {
  /** what opens `/_metrics`; null: whoever may come in at all */
  readonly metricsToken: string | null
}

/** What is open is never counted either. */
export function door(route: Route, keepers: DoorKeepers): DoorHook[] {
  const { count, metricsToken } = keepers
  if (isOpen(route)) return []
  switch (route.scope) {
    case 'login':
      return [...counted(count), expectLogin(keepers)]
    case 'figures':
      return metricsToken === null
        ? [authenticating(keepers)]
        : [...counted(count), expectToken(metricsToken)]
    case 'server':
    case 'page':
    case 'application':
    case 'collection':
    case 'live':
    case 'item':
      return [arriving(keepers), authenticating(keepers)]
    default:
      return route satisfies never
  }
}

/** Stores are told of a request before it waits for anything. */
const arriving =
  ({ running }: DoorKeepers): onRequestHookHandler =>
  (_request, _reply, goOn) => {
    for (const connector of running().connectors.values()) connector.arrived?.()
    goOn()
  }

/** For anyone: health, and pages, which hold no data. */
const isOpen = (route: Route): boolean =>
  route.scope === 'server' || (route.scope === 'page' && route.known !== true)

const counted = (count: CountRequest | null): DoorHook[] =>
  count === null
    ? []
    : [async (request: FastifyRequest, reply: FastifyReply) => count(request, reply)]

/** Compared by their digests, which are of one length, whatever comes. */
function expectToken(token: string): onRequestHookHandler {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  const expected = digest(`Bearer ${token}`)
  return (request, _reply, done) => {
    if (!timingSafeEqual(digest(request.headers.authorization ?? ''), expected))
      throw backoError('BACKO_RIGHT_ANONYMOUS', '`server.metrics.token` opens this')
    done()
  }
}
