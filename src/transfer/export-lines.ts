/** What an export writes: lines of NDJSON or CSV, some hundred items at a time. Knows no file. */
import type { DictValue } from '../expression/expr.ts'
import { exportedColumns, cellOf } from './csv-columns.ts'
import { csvWriter } from './csv-text.ts'
import { withContents } from './file-contents.ts'
import { exportItems, type Export, type Exported } from './export-items.ts'

export interface Lines {
  readonly text: () => AsyncIterable<{ readonly text: string; readonly items: number }>
  /** cells so far that a spreadsheet would take for formulas */
  readonly formulas: () => number
}

/** `{"_id":...,...,"_meta":{...}}`; tagged: `{"_collection":"books","_id":...}` */
export function ndjsonLines(job: Export, { tagged }: { readonly tagged: boolean }): Lines {
  const head = tagged ? `{"_collection":${JSON.stringify(job.collection.name)},` : '{'
  const line = (text: string): string => `${head}${text.slice(1)}\n`
  return {
    text: () => pieces(job, (item) => line('text' in item ? item.text : JSON.stringify(item.doc))),
    formulas: () => 0,
  }
}

export function csvLines(job: Export, options: { readonly guard: boolean }): Lines {
  const columns = exportedColumns(job.collection, job)
  const writer = csvWriter(options)
  return {
    async *text() {
      yield { text: csvWriter({ guard: false }).line(columns.map(({ path }) => path)), items: 0 }
      yield* pieces(job, (item) => {
        const doc = docOf(item)
        return writer.line(columns.map((column) => cellOf(column, doc)))
      })
    },
    formulas: writer.formulas,
  }
}

const docOf = (item: Exported): DictValue =>
  'doc' in item ? item.doc : (JSON.parse(item.text) as DictValue)

async function* pieces(
  job: Export,
  lineOf: (item: Exported) => string,
): AsyncGenerator<{ readonly text: string; readonly items: number }> {
  const { collection, contents } = job
  for await (const batch of exportItems(job)) {
    if (!contents || !collection.companions.files)
      yield { text: batch.map(lineOf).join(''), items: batch.length }
    else
      // one by one: the files of all of them might not fit into memory
      for (const item of batch) {
        const doc = await withContents(job.context(), collection, docOf(item))
        yield { text: lineOf({ doc }), items: 1 }
      }
  }
}
