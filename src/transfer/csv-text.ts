/**
 * Lines of CSV (RFC 4180): what is unset is nothing, an empty text is `""`. Spreadsheets take cells that begin with
 * = + - @ for formulas: they are counted, and guarded by a `'` where that is asked for. Knows no fields.
 */

const FORMULA = /^[=+\-@\t\r]/
const QUOTED = /[",\r\n]|^\s|\s$|^$/

export interface CsvWriter {
  readonly line: (cells: readonly (string | null)[]) => string
  /** cells so far that a spreadsheet would take for formulas */
  readonly formulas: () => number
}

/** A number is no formula. */
const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/

export const isFormula = (text: string): boolean => FORMULA.test(text) && !NUMBER.test(text)

export function csvWriter({ guard }: { readonly guard: boolean }): CsvWriter {
  let formulas = 0
  const cell = (value: string | null): string => {
    if (value === null) return ''
    const risky = isFormula(value)
    if (risky) formulas++
    // one that is there already is doubled: what an import takes away is what was put there
    const text = guard && (risky || /^'+[=+\-@\t\r]/.test(value)) ? `'${value}` : value
    return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  return { line: (cells) => `${cells.map(cell).join(',')}\r\n`, formulas: () => formulas }
}

/** The text as it was before the guard. */
export const withoutGuard = (text: string): string =>
  /^'+[=+\-@\t\r]/.test(text) ? text.slice(1) : text
