/**
 * Lines of CSV to rows: cells are read by the types of the fields that the first line names, as values of a query
 * string are. Knows the model's columns; no store.
 */
import { parse } from 'csv-parse'
import type { FieldError } from '../errors.ts'
import type { DictValue, Value } from '../expression/expr.ts'
import type { Collection } from '../model/backoffice.ts'
import { nearest } from '../nearest.ts'
import { keysOf, setAt } from '../operations/at-path.ts'
import { BadTransfer } from './bad-transfer.ts'
import { columnsOf, type Column } from './csv-columns.ts'
import { withoutGuard } from './csv-text.ts'
import { MOST_OF_A_LINE } from './ndjson-rows.ts'
import type { RawRow } from './row.ts'

export interface CsvOptions {
  readonly delimiter: string
  /** a `'` before = + - @ is taken away: --escape-formulas has put it there */
  readonly guarded: boolean
}

/** null: empty, and not between quotes */
type Cells = readonly (string | null)[]

interface Parsed {
  readonly record: Cells
  readonly info: { readonly lines: number }
}

/** @throws BadTransfer for a first line that names what is no field, or text that is no CSV */
export async function* csvRows(
  chunks: AsyncIterable<Buffer>,
  collection: Collection,
  options: CsvOptions,
): AsyncGenerator<RawRow> {
  let columns: readonly Column[] | null = null
  let line = 1
  try {
    for await (const { record, info } of records(chunks, options)) {
      if (columns === null) columns = headOf(collection, record, options)
      else yield rowOf(columns, record, { line, options })
      line = info.lines + 1
    }
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error
    if (!String(error.code).startsWith('CSV_')) throw error
    throw new BadTransfer(
      `line ${line}: ${error.message}`,
      'a " within a quoted cell is written ""',
    )
  }
  if (columns === null)
    throw new BadTransfer('the file is empty', 'the first line of CSV names the fields')
}

async function* records(
  chunks: AsyncIterable<Buffer>,
  { delimiter }: CsvOptions,
): AsyncGenerator<Parsed> {
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MOST_OF_A_LINE,
    cast: (text, { quoting }) => (text === '' && !quoting ? null : text),
  })
  const feeding = feed(chunks, parser)
  try {
    for await (const each of parser) yield each as Parsed
    await feeding
  } finally {
    parser.destroy()
  }
}

async function feed(
  chunks: AsyncIterable<Buffer>,
  parser: NodeJS.WritableStream & { destroyed?: boolean },
): Promise<void> {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  try {
    for await (const chunk of chunks) {
      if (parser.destroyed === true) return
      const text = utf8.decode(chunk, { stream: true })
      if (!parser.write(text))
        await new Promise<void>((resolve) => {
          parser.once('drain', resolve)
          parser.once('close', resolve)
        })
    }
    parser.end(utf8.decode())
  } catch (error) {
    const told =
      error instanceof TypeError
        ? new BadTransfer('the file is not UTF-8', 'iconv -f latin1 -t utf-8 makes it so')
        : error
    ;(parser as unknown as { destroy: (error: unknown) => void }).destroy(told)
  }
}

function headOf(collection: Collection, cells: Cells, { delimiter }: CsvOptions): Column[] {
  const known = new Map(columnsOf(collection).map((column) => [column.path, column]))
  const seen = new Set<string>()
  return cells.map((cell, at) => {
    const name = (cell ?? '').trim().replace(/^\$\./, '')
    const column = known.get(name)
    if (!column) throw unknownColumn(collection, { name, at, delimiter }, [...known.keys()])
    if (seen.has(name)) throw new BadTransfer(`line 1: column ${name} is there twice`)
    seen.add(name)
    return column
  })
}

interface Named {
  readonly name: string
  readonly at: number
  readonly delimiter: string
}

function unknownColumn(
  collection: Collection,
  { name, at, delimiter }: Named,
  known: readonly string[],
): BadTransfer {
  const other = [';', '\t', ','].find((sign) => sign !== delimiter && name.includes(sign))
  if (other !== undefined)
    return new BadTransfer(
      `line 1: there is no field ${JSON.stringify(name)} in ${collection.name}`,
      `is it another delimiter? --delimiter ${other === '\t' ? "$'\\t'" : `'${other}'`}`,
    )
  if (name === '') return new BadTransfer(`line 1: column ${at + 1} has no name`)
  const field = collection.fieldAt.get(name)
  const near = nearest(name, known)
  const hint = field?.fields
    ? `a Dict has a column for each of its fields: ${known.filter((path) => path.startsWith(`${name}.`)).join(', ')}`
    : near === undefined
      ? `there are ${known.filter((path) => !path.startsWith('_meta.')).join(', ')}`
      : `did you mean ${near}?`
  return new BadTransfer(`line 1: there is no field ${name} in ${collection.name}`, hint)
}

function rowOf(
  columns: readonly Column[],
  cells: Cells,
  { line, options }: { readonly line: number; readonly options: CsvOptions },
): RawRow {
  const fault = (error: FieldError): RawRow => ({ line, fault: error })
  if (cells.length !== columns.length)
    return fault({
      path: '$',
      message: `the line has ${cells.length} cells, the first line has ${columns.length}`,
    })
  let body: DictValue = {}
  for (const [at, column] of columns.entries()) {
    const cell = cells[at] ?? null
    const text = cell !== null && options.guarded ? withoutGuard(cell) : cell
    const read = text === null ? { value: null } : valueOf(column, text)
    if ('error' in read)
      return fault({ path: `$.${column.path}`, message: read.error, value: text })
    body = setAt(body, keysOf(column.path), read.value)
  }
  return { line, body }
}

const BY_TEXT = new Set(['Int', 'Float', 'Bool'])

function valueOf(
  { field, json }: Column,
  text: string,
): { readonly value: Value } | { readonly error: string } {
  if (BY_TEXT.has(field.type.name)) return field.type.fromText(field, text.trim())
  if (!json) return { value: text }
  try {
    return { value: JSON.parse(text) as Value }
  } catch {
    // a text among the types of an In, as a person writes it
    if (field.type.name === 'In') return { value: text }
    return { error: 'Must be JSON' }
  }
}
