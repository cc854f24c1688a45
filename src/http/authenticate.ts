/**
 * Who asks: the one place where a request gets its user, before its body is read. Which token to believe is
 * decided in auth/; here, where it stands in a request, and what is answered when it is not believed.
 */
import type { FastifyRequest, onRequestAsyncHookHandler, onRequestHookHandler } from 'fastify'
import type { Auth } from '../auth/auth.ts'
import { InvalidToken } from '../auth/invalid-token.ts'
import { backoError, type BackoErrorOptions } from '../errors.ts'
import type { CurrentUser, OperationLog, Running } from '../operations/context.ts'
import { ANONYMOUS, isAnonymous } from '../operations/context.ts'
import { clearCookie, readCookie } from './cookie.ts'
import { expectOwnSite } from './own-site.ts'
import type { CountRequest } from './rate-limit.ts'
import { RequestLog } from './request-log.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** null before it was asked who it is, and on routes where it is not */
    currentUser: CurrentUser | null
    /** what served when it came, and serves it to its end; null on routes that ask nobody who they are */
    running: Running | null
  }
}

export interface Authentication {
  /** asked at every request, as `running`; null: the file has no `auth`, and everyone is anonymous */
  readonly auth: () => Auth | null
  readonly running: () => Running
  readonly log: OperationLog
  /** those of `server.cors` */
  readonly origins: readonly string[]
}

/** Rejects with BackoError: 401 when what came can't be believed, 403 for another site, 503 when it can't be told. */
export type Authenticate = (request: FastifyRequest) => CurrentUser | Promise<CurrentUser>

export interface Asking extends Pick<Authentication, 'running'> {
  readonly authenticate: Authenticate
  /** null: as many requests as one likes */
  readonly count: CountRequest | null
}

export type DoorHook = onRequestHookHandler | onRequestAsyncHookHandler

/** Sets `request.currentUser`, or ends the request. Who is known at once is not made to wait. */
export function authenticating(asking: Asking): DoorHook {
  const { authenticate, running, count } = asking
  if (count) return counting(asking, count)
  return (request, _reply, goOn) => {
    request.running = running()
    const user = authenticate(request)
    const accept = (known: CurrentUser): void => {
      request.currentUser = known
      goOn()
    }
    if (user instanceof Promise) user.then(accept, goOn)
    else accept(user)
  }
}

/** Who can't be believed is counted too, by address. */
function counting(
  { authenticate, running }: Asking,
  count: CountRequest,
): onRequestAsyncHookHandler {
  return async (request, reply) => {
    let refusal: unknown
    request.running = running()
    try {
      request.currentUser = await authenticate(request)
    } catch (error) {
      refusal = error
    }
    await count(request, reply)
    if (refusal !== undefined) throw refusal
  }
}

/** For login and logout, which no token opens: a token that is not valid any more is in nobody's way. */
export function expectLogin({ auth, origins }: Authentication): onRequestHookHandler {
  return (request, _reply, done) => {
    if (!auth()?.logIn) throw noLogin()
    expectOwnSite(request, origins)
    done()
  }
}

export const noLogin = (): Error =>
  backoError('BACKO_REQUEST_NOT_FOUND', 'nobody logs in here', {
    hint: '`auth.login` of backo.yaml gives POST /login and POST /logout',
  })

/** A token, and how it came. */
interface Credentials {
  readonly by: 'bearer' | 'cookie'
  readonly token: string
}

/** By the `auth` of the file. */
export const createAuthenticate =
  (parts: Authentication): Authenticate =>
  (request) => {
    const auth = parts.auth()
    return auth === null ? ANONYMOUS : identify(request, auth, parts)
  }

function identify(
  request: FastifyRequest,
  auth: Auth,
  parts: Authentication,
): CurrentUser | Promise<CurrentUser> {
  const credentials = credentialsOf(request, auth)
  if (credentials === null) return expectKnown(auth.anonymous, auth)
  if (credentials.by === 'cookie') expectOwnSite(request, parts.origins)
  const asking = { running: parts.running(), log: new RequestLog(parts.log, request.id) }
  const refuse = (error: unknown): never => {
    throw error instanceof InvalidToken ? refusal(error, credentials, { request, auth }) : error
  }
  try {
    const user = auth.identify(credentials.token, asking)
    return user instanceof Promise ? user.catch(refuse) : user
  } catch (error) {
    return refuse(error)
  }
}

function expectKnown(user: CurrentUser, { required }: Auth): CurrentUser {
  if (required && isAnonymous(user)) throw backoError('BACKO_RIGHT_ANONYMOUS', 'log in first')
  return user
}

/** `Authorization: Bearer` wins over the cookie; other schemes are for others, a proxy in front of us. */
function credentialsOf(request: FastifyRequest, auth: Auth): Credentials | null {
  const { authorization, cookie } = request.headers
  const bearer = authorization === undefined ? null : /^bearer(?:\s+(.*))?$/is.exec(authorization)
  if (bearer) return { by: 'bearer', token: (bearer[1] ?? '').trim() }
  const token = readCookie(cookie, auth.cookie)
  return token === undefined ? null : { by: 'cookie', token }
}

/** Who sends a token means it: never taken for anonymous. RFC 6750, 3.1. */
function refusal(
  { message, reason }: InvalidToken,
  { by }: Credentials,
  { request, auth }: { readonly request: FastifyRequest; readonly auth: Auth },
): Error {
  const kind = { name: auth.cookie, secure: isSecure(request) }
  const headers: BackoErrorOptions['headers'] =
    by === 'cookie'
      ? { 'set-cookie': clearCookie(kind) }
      : { 'www-authenticate': `Bearer error="invalid_token", error_description="${message}"` }
  return backoError('BACKO_RIGHT_ANONYMOUS', message, { headers, cause: reason })
}

/** As the client sees it, where `trust_proxy` says so. */
export const isSecure = (request: FastifyRequest): boolean => request.protocol === 'https'
