/** What an export writes: lines of NDJSON or CSV, some hundred items at a time. Knows no file. */
import type { DictValue } from '../expression/expr.ts'
import { exportedColumns, cellOf } from './csv-columns.ts'
import { csvWriter } from './csv-text.ts'
import { exportItems, type Export, type Exported } from './export-items.ts'

export interface Lines {
  readonly text: () => AsyncIterable<{ readonly text: string; readonly items: number }>
  /** cells so far that a spreadsheet would take for formulas */
  readonly formulas: () => number
}

/** `{"_id":...,...,"_meta":{...}}`; tagged: `{"_collection":"books","_id":...}` */
export function ndjsonLines(job: Export, { tagged }: { readonly tagged: boolean }): Lines {
  const head = tagged ? `{"_collection":${JSON.stringify(job.collection.name)},` : '{'
  return {
    async *text() {
      for await (const batch of exportItems(job)) {
        const text = batch.map((item) => `${head}${textOf(item).slice(1)}\n`).join('')
        yield { text, items: batch.length }
      }
    },
    formulas: () => 0,
  }
}

const textOf = (item: Exported): string => ('text' in item ? item.text : JSON.stringify(item.doc))

export function csvLines(job: Export, options: { readonly guard: boolean }): Lines {
  const columns = exportedColumns(job.collection, job)
  const writer = csvWriter(options)
  const row = (doc: DictValue): string => writer.line(columns.map((column) => cellOf(column, doc)))
  return {
    async *text() {
      yield { text: csvWriter({ guard: false }).line(columns.map(({ path }) => path)), items: 0 }
      for await (const batch of exportItems(job))
        yield { text: batch.map((item) => row(docOf(item))).join(''), items: batch.length }
    },
    formulas: writer.formulas,
  }
}

const docOf = (item: Exported): DictValue =>
  'doc' in item ? item.doc : (JSON.parse(item.text) as DictValue)
