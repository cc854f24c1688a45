/**
 * A token that is not believed. Told to the client in a few fixed words; why exactly is for the log. Neither
 * holds the token, or what it claims.
 */
export type TokenFault = 'the token has expired' | 'the token is not valid'

/** Answered with 401. */
export class InvalidToken extends Error {
  override readonly name = 'InvalidToken'
  override readonly message: TokenFault
  /** for the log */
  readonly reason: string

  constructor(reason: string, message: TokenFault = 'the token is not valid') {
    super(message)
    this.message = message
    this.reason = reason
  }
}
