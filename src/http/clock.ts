/** The time of requests as text. Many come in one millisecond: its text is made once. */

let at = -1
let text = ''

/** ISO time in UTC with milliseconds. */
export function isoNow(): string {
  const now = Date.now()
  if (now !== at) {
    at = now
    text = new Date(now).toISOString()
  }
  return text
}
