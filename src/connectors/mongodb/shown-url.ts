/**
 * A connection string as it may be shown: hosts and database. Users and passwords stand before the hosts, and some
 * options hold secrets too. Knows no driver, so that it costs nothing to import.
 */

/** `mongodb://me:secret@host/db?x=y` as `mongodb://host/db`; no host where one can't be told from a password. */
export function shownUrl(url: string): string {
  const [scheme = ''] = /^[a-z+]+:\/\//i.exec(url) ?? []
  const rest = url.slice(scheme.length)
  const hosts = rest.lastIndexOf('@') + 1
  if (rest.slice(0, hosts).includes('?')) return `${scheme}***`
  return scheme + rest.slice(hosts).replace(/\?.*$/s, '')
}
