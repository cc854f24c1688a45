/**
 * Credentials in connection strings, kept out of what is shown: findings stand in logs too. Knows no kind of URL.
 */

/** `scheme://user:password@`, as much as may be a password */
const CREDENTIALS = /(:\/\/)([^\s"'/@]+(?::[^\s"']*)?)(?=@)/g

/** Each character of them as a star, so that what stands after keeps its column. */
export const hideCredentials = (text: string): string =>
  text.replace(
    CREDENTIALS,
    (_, before: string, hidden: string) => before + '*'.repeat(hidden.length),
  )
