/** How much a page may hold, on every store: what is asked for at once must fit into memory. Knows no store. */
import { backoError } from '../errors.ts'
import type { BackoError } from '../errors.ts'

/** Characters of the items of a page. */
export const MOST_CHARACTERS = 2 ** 25

export const pageTooLarge = (): BackoError =>
  backoError('BACKO_REQUEST_TOO_LARGE', 'the page is too large', {
    hint: 'ask for fewer items: _page',
  })
