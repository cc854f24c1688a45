/** How to take changes back, in reverse. Notes nothing while nobody may ask for it. */
export class UndoLog {
  readonly #undo: (() => unknown)[] = []
  #open = 0

  /** How the change that is made now is taken back. */
  note(undo: () => unknown): void {
    if (this.#open > 0) this.#undo.push(undo)
  }

  /** From here on changes can be taken back, by what it gives; `end` is called in any case. */
  begin(): () => void {
    const mark = this.#undo.length
    this.#open++
    return () => {
      for (const undo of this.#undo.splice(mark).reverse()) undo()
    }
  }

  end(): void {
    if (--this.#open === 0) this.#undo.length = 0
  }
}
