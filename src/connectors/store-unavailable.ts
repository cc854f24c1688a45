/**
 * Why a store can't be opened, in words for the one who runs the program. The command line prints it
 * and exits with 2. Knows no store in particular.
 */

/** One line says what is wrong, the hint what to do about it. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
  readonly hint: string | undefined

  constructor(message: string, options: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.hint = options.hint
  }
}
