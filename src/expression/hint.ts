/** The hint of a problem with a name: the nearest known word. Knows nothing of what the words are for. */
import { nearest } from '../nearest.ts'

/** `Did you mean "name"?`, or undefined when nothing is near. */
export function didYouMean(word: string, words: Iterable<string>): string | undefined {
  const near = nearest(word, words)
  return near === undefined ? undefined : `Did you mean "${near}"?`
}
