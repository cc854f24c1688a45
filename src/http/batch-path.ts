/**
 * From an operation's path in a batch to the row of the table of routes that it would reach alone.
 * Knows paths and their encoding; no operation, no model.
 */
import type { Pairs } from '../operations/context.ts'
import { readQuery } from './query-string.ts'
import type { Route } from './route.ts'

/** Where a path leads. */
export interface Place {
  /** the rows of the path, one a method; none where it leads nowhere */
  readonly rows: readonly Route[]
  readonly params: Readonly<Record<string, string>>
  readonly query: Pairs
}

export interface PathScope {
  /** the application's name */
  readonly app: string
  /** of the server: `` or `/api`; a path may leave it out */
  readonly prefix: string
}

/** A place, or why a path is none, in the words of a message. */
export type ReadPath = (path: string, scope: PathScope) => Place | string

interface Pattern {
  readonly segments: readonly string[]
  readonly rows: readonly Route[]
}

export function pathReader(routes: readonly Route[]): ReadPath {
  const patterns = patternsOf(routes)
  return (path, scope) => {
    if (!path.startsWith('/')) return 'Must begin with /'
    const [whole = ''] = path.split(/[?#]/, 1)
    const segments = segmentsOf(whole, scope)
    if (segments === null) return 'Must be valid percent-encoding'
    if (segments[0] !== scope.app) return `Must be of this application: /${scope.app}/...`
    const query = readQuery(path)
    for (const pattern of patterns) {
      const params = match(pattern.segments, segments)
      if (params) return { rows: pattern.rows, params, query }
    }
    return { rows: [], params: {}, query }
  }
}

/** Those that say more first, as a router has them. */
function patternsOf(routes: readonly Route[]): readonly Pattern[] {
  const paths = new Set(
    routes.map((route) => route.path).filter((path) => path.startsWith('/:app')),
  )
  const patterns = [...paths].map((path) => ({
    segments: path.split('/').slice(1),
    rows: routes.filter((route) => route.path === path),
  }))
  const fixed = ({ segments }: Pattern): number =>
    segments.filter((segment) => !segment.startsWith(':')).length
  return patterns.sort((a, b) => fixed(b) - fixed(a))
}

/** Decoded, without the prefix. */
function segmentsOf(path: string, { app, prefix }: PathScope): readonly string[] | null {
  const bare =
    prefix !== '' && path.startsWith(`${prefix}/`) ? decoded(path.slice(prefix.length)) : null
  return bare?.[0] === app ? bare : decoded(path)
}

function decoded(path: string): readonly string[] | null {
  // as the server does for requests, a slash at the end is passed over
  const parts = path.replace(/\/$/, '').split('/').slice(1)
  try {
    return parts.map(decodeURIComponent)
  } catch {
    return null
  }
}

function match(
  pattern: readonly string[],
  segments: readonly string[],
): Readonly<Record<string, string>> | null {
  if (pattern.length !== segments.length) return null
  const params: Record<string, string> = {}
  for (const [i, name] of pattern.entries()) {
    const segment = segments[i] ?? ''
    if (segment === '') return null
    if (name.startsWith(':')) params[name.slice(1)] = segment
    else if (name !== segment) return null
  }
  return params
}
