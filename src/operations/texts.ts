/**
 * Items of a page to JSON texts: in pieces, so that others are served between them, and no more of them than a page
 * may hold. Knows no item.
 */
import { mapInPieces } from '../connectors/pace.ts'
import { MOST_CHARACTERS, pageTooLarge } from '../connectors/page-size.ts'

/** @throws BackoError 413 as soon as they are too large together */
export function textsOf<T>(
  list: readonly T[],
  toText: (value: T, index: number) => string,
): Promise<string[]> {
  let size = 0
  return mapInPieces(list, (value, index) => {
    const text = toText(value, index)
    size += text.length
    if (size > MOST_CHARACTERS) throw pageTooLarge()
    return text
  })
}

/** Texts that are there already. @throws BackoError 413 */
export function expectFits(texts: readonly string[]): readonly string[] {
  let size = 0
  for (const text of texts) size += text.length
  if (size > MOST_CHARACTERS) throw pageTooLarge()
  return texts
}
