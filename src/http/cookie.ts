/** The cookie that a token comes and goes in (RFC 6265bis). Scripts can't read it, other sites can't send it along. */
import { fastifyCookie } from '@fastify/cookie'
import type { SerializeOptions } from '@fastify/cookie'

/** The value of that name; undefined when it is not there, or empty. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined || !header.includes(`${name}=`)) return undefined
  const cookies = fastifyCookie.parse(header)
  const value = Object.hasOwn(cookies, name) ? cookies[name] : undefined
  return value === '' ? undefined : value
}

export interface CookieKind {
  readonly name: string
  /** the request came by https: from then on it must always */
  readonly secure: boolean
}

const FOREVER_GONE = new Date(0)

/** The value of `Set-Cookie`. @param maxAge milliseconds */
export const giveCookie = (kind: CookieKind, token: string, maxAge: number): string =>
  fastifyCookie.serialize(kind.name, token, {
    ...optionsOf(kind),
    maxAge: Math.max(1, Math.floor(maxAge / 1000)),
  })

/** The value of `Set-Cookie` that takes the cookie away. */
export const clearCookie = (kind: CookieKind): string =>
  fastifyCookie.serialize(kind.name, '', { ...optionsOf(kind), maxAge: 0, expires: FOREVER_GONE })

const optionsOf = ({ secure }: CookieKind): SerializeOptions => ({
  path: '/',
  httpOnly: true,
  sameSite: 'lax',
  secure,
})
