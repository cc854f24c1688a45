/**
 * The query string of a URL to its decoded pairs, in order, repeated keys kept.
 * Knows what percent-encoding is, and no key's meaning.
 */
import { backoError } from '../errors.ts'
import type { Pairs } from '../operations/context.ts'

/** Characters: as many as a request's line and headers may have; a path in a batch may not have more. */
const LONGEST = 16_384

const NO_PAIRS: Pairs = Object.freeze([])

/**
 * What stands after the `?` of a request's URL. `+` is a space, an empty part is passed over, a key
 * without `=` has the value "".
 * @throws BackoError 400 for an escape that is not UTF-8 in percent-encoding
 */
export function readQuery(url: string): Pairs {
  const mark = url.indexOf('?')
  if (mark === -1 || mark === url.length - 1) return NO_PAIRS
  const hash = url.indexOf('#', mark)
  const text = url.slice(mark + 1, hash === -1 ? undefined : hash)
  if (text.length > LONGEST)
    throw backoError('BACKO_REQUEST_QUERY', `The query is longer than ${LONGEST} characters`, {
      hint: 'send a long filter in the body of POST _selections/_all',
    })
  const pairs: (readonly [string, string])[] = []
  for (const part of text.split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const key = equals === -1 ? part : part.slice(0, equals)
    pairs.push([decode(key), equals === -1 ? '' : decode(part.slice(equals + 1))])
  }
  return pairs
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    throw backoError(
      'BACKO_REQUEST_QUERY',
      `"${text}" in the query is not valid percent-encoding`,
      {
        hint: 'write a literal % as %25',
      },
    )
  }
}
