/** ETags on the wire (RFC 9110, 8.8.3 and 13.1.2). Operations know versions, without quotes. */

export const formatEtag = (etag: string): string => `"${etag}"`

/** Does `If-None-Match` (`*`, one tag or a list; `W/` is passed over: weak comparison) name this version? */
export function matchesNone(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  if (header === `"${etag}"` || header.trim() === '*') return true
  return header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === `"${etag}"`)
}
