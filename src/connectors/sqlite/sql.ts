/**
 * Pieces of SQL text with the values that belong to their question marks, in order.
 * A value is never part of a text. Knows SQL only by its quotes.
 */

/** What better-sqlite3 takes as a parameter. */
export type Param = string | number | null | Buffer

export interface Sql {
  readonly text: string
  readonly params: readonly Param[]
}

const NO_PARAMS: readonly Param[] = Object.freeze([])

/** A text without parameters: names and keywords of ours. */
export const raw = (text: string): Sql => ({ text, params: NO_PARAMS })

export const param = (value: Param): Sql => ({ text: '?', params: [value] })

/** A template: strings are taken as SQL text (names), pieces with their parameters. */
export function sql(texts: TemplateStringsArray, ...parts: readonly (Sql | string)[]): Sql {
  let text = texts[0] ?? ''
  let params: Param[] | undefined
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] ?? ''
    if (typeof part === 'string') text += part
    else {
      text += part.text
      if (part.params.length > 0) (params ??= []).push(...part.params)
    }
    text += texts[index + 1] ?? ''
  }
  return { text, params: params ?? NO_PARAMS }
}

export function joinSql(pieces: readonly Sql[], separator: string): Sql {
  const [only] = pieces
  if (only !== undefined && pieces.length === 1) return only
  return {
    text: pieces.map((piece) => piece.text).join(separator),
    params: pieces.flatMap((piece) => piece.params),
  }
}

/** `a AND b AND c` in brackets; SQLite's limit is on depth, so that many are nested in halves. */
export function junction(pieces: readonly Sql[], word: 'AND' | 'OR'): Sql {
  const [only] = pieces
  if (only === undefined) return raw(word === 'AND' ? '1' : '0')
  if (pieces.length === 1) return only
  if (pieces.length <= 16) return sql`(${joinSql(pieces, ` ${word} `)})`
  const middle = pieces.length >> 1
  const halves = [junction(pieces.slice(0, middle), word), junction(pieces.slice(middle), word)]
  return sql`(${joinSql(halves, ` ${word} `)})`
}

/** A name of a table, column or index. */
export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A string literal, for the few statements that take no parameters (triggers). Never a user's value. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`
