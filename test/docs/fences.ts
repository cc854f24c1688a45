/** The fenced blocks of a page in Markdown, in order. Knows nothing of what is done with them. */

export interface Fence {
  readonly language: string
  readonly text: string
  /** where it begins, for messages */
  readonly line: number
  /** of a line before it that says only `` `hooks.ts`: ``, the name */
  readonly file: string | null
}

const FENCE = /(?:^`([\w./-]+)`:\n\n)?^```(\w*)\n([^]*?)^```$/gm

export const fencesOf = (page: string): readonly Fence[] =>
  [...page.matchAll(FENCE)].map(({ 0: all, 1: file, 2: language = '', 3: text = '', index }) => ({
    language,
    text,
    file: file ?? null,
    line: page.slice(0, index + all.indexOf('```')).split('\n').length,
  }))
