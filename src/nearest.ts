/**
 * The nearest known word, for "did you mean". Knows nothing of what the words are for.
 */

/**
 * The word of `known` that is most like `word` (Damerau-Levenshtein, letter case ignored), or undefined when
 * none is near: at most a third of its letters may differ, or it is how only one of them begins.
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const words = [...known]
  if (word.length > 64) return undefined
  const lower = word.toLowerCase()
  let limit = Math.max(1, Math.floor(word.length / 3))
  let best: string | undefined
  for (const candidate of words) {
    if (candidate === word || Math.abs(candidate.length - word.length) > limit) continue
    const found = distance(lower, candidate.toLowerCase())
    if (found > limit || (found === limit && best !== undefined)) continue
    best = candidate
    limit = found
  }
  return best ?? begunWith(lower, words)
}

/** The only word that begins so. */
function begunWith(lower: string, words: readonly string[]): string | undefined {
  if (lower.length < 3) return undefined
  const found = words.filter((candidate) => candidate.toLowerCase().startsWith(lower))
  return found.length === 1 ? found[0] : undefined
}

/** Edits between two texts: a letter put in, left out, changed, or two neighbours swapped. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let least = Math.min(at(above, j) + 1, at(row, j - 1) + 1, at(above, j - 1) + (same ? 0 : 1))
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) least = Math.min(least, at(before, j - 2) + 1)
      row.push(least)
    }
    before = above
    above = row
  }
  return at(above, b.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}
