/** A migration that can't begin: a selector that names nothing, a function that is none. No stack is shown. */
export class BadMigration extends Error {
  override readonly name = 'BadMigration'
  readonly hint: string | undefined

  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}
