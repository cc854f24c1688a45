/** An export, import, backup or restore that can't begin, or can't go on. In words; no stack is shown. */
export class BadTransfer extends Error {
  override readonly name = 'BadTransfer'
  readonly hint: string | undefined

  constructor(message: string, hint?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.hint = hint
  }
}
