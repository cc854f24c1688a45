/**
 * The rows of a page into memory, within bounds: many large items are refused before they are all there.
 * Knows rows; no query.
 */
import type { Row } from './rows.ts'
import type { Sql } from './sql.ts'
import type { Statements } from './statements.ts'
import { MOST_CHARACTERS, pageTooLarge } from '../page-size.ts'

/** So few are taken at once, whatever their size: each is at most what a request may bring. */
const FEW = 64

export function collect(
  statements: Statements,
  { text, params }: Sql,
  { count }: { readonly count: number },
): readonly Row[] {
  const statement = statements.get(text)
  if (count <= FEW) return statement.all(...params) as unknown as readonly Row[]
  const rows: Row[] = []
  let size = 0
  for (const one of statement.iterate(...params)) {
    const row = one as unknown as Row
    size += row[2].length
    if (size > MOST_CHARACTERS) throw pageTooLarge()
    rows.push(row)
  }
  return rows
}

/** The same, of texts alone. */
export function collectTexts(
  statements: Statements,
  { text, params }: Sql,
  count: number,
): readonly (string | null)[] {
  const statement = statements.plucked(text)
  if (count <= FEW) return statement.all(...params) as unknown as readonly (string | null)[]
  const texts: (string | null)[] = []
  let size = 0
  for (const one of statement.iterate(...params)) {
    const found = one as unknown as string | null
    size += found?.length ?? 0
    if (size > MOST_CHARACTERS) throw pageTooLarge()
    texts.push(found)
  }
  return texts
}
