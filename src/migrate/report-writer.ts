/**
 * A report as JSON text, of any size in bounded memory: its parts are spooled to files while items come, and put
 * together in the end. Knows no store and no terminal.
 */
import { createReadStream, createWriteStream, mkdtempSync, rmSync, type WriteStream } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Outcome, ReportHead } from './report.ts'

export interface ReportWriter {
  /** counts so far */
  readonly totals: Totals
  readonly add: (batch: readonly Outcome[]) => Promise<void>
  /** the text, once all is added; may be asked for more than once */
  readonly text: () => AsyncIterable<string>
  /** lets go of the files */
  readonly end: () => Promise<void>
}

export interface Totals {
  same: number
  changed: number
  unfit: number
}

const PARTS = ['same', 'changed', 'diff', 'unfit'] as const
type Part = (typeof PARTS)[number]

export function createReportWriter(head: ReportHead): ReportWriter {
  const folder = mkdtempSync(join(tmpdir(), 'backo-report-'))
  const spools = Object.fromEntries(
    PARTS.map((part) => [part, spool(join(folder, part))]),
  ) as Record<Part, Spool>
  const totals: Totals = { same: 0, changed: 0, unfit: 0 }
  return {
    totals,
    add: async (batch) => {
      const lines: Record<Part, string[]> = { same: [], changed: [], diff: [], unfit: [] }
      for (const outcome of batch) {
        totals[outcome.kind]++
        const { _id } = outcome
        if (outcome.kind === 'unfit')
          lines.unfit.push(JSON.stringify({ _id, errors: outcome.errors }))
        else lines[outcome.kind].push(JSON.stringify(_id))
        if (outcome.kind === 'changed') lines.diff.push(JSON.stringify({ _id, diff: outcome.diff }))
      }
      for (const part of PARTS) await spools[part].add(lines[part])
    },
    async *text() {
      yield `{"collection":${JSON.stringify(head.collection)},"dry_run":${head.dryRun},`
      if (head.moves && head.moves.length > 0) yield `"moves":${JSON.stringify(head.moves)},`
      yield '"no_changes":{"_ids":['
      yield* spools.same.text()
      yield `],"total":${totals.same}},"changes":{"_ids":[`
      yield* spools.changed.text()
      yield `],"total":${totals.changed},"diff":[`
      yield* spools.diff.text()
      yield `]},"errors":{"total":${totals.unfit},"items":[`
      yield* spools.unfit.text()
      yield ']}}'
    },
    end: async () => {
      await Promise.all(PARTS.map((part) => spools[part].close()))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface Spool {
  readonly add: (lines: readonly string[]) => Promise<void>
  /** elements of a JSON list */
  readonly text: () => AsyncIterable<string>
  readonly close: () => Promise<void>
}

function spool(path: string): Spool {
  let stream: WriteStream | undefined
  let first = true
  const close = async (): Promise<void> => {
    if (stream === undefined || stream.closed) return
    const closed = once(stream, 'close')
    stream.end()
    await closed
  }
  return {
    add: async (lines) => {
      if (lines.length === 0) return
      stream ??= createWriteStream(path, { mode: 0o600 })
      const text = `${first ? '' : ','}\n${lines.join(',\n')}`
      first = false
      if (!stream.write(text)) await once(stream, 'drain')
    },
    async *text() {
      if (stream === undefined) return
      await close()
      yield* createReadStream(path, 'utf8') as AsyncIterable<string>
    },
    close,
  }
}
