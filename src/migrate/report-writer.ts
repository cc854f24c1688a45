/**
 * A report as JSON text, of any size in bounded memory: its parts are spooled to files while items come, and put
 * together in the end. Knows no store and no terminal.
 */
import { createReadStream, createWriteStream, mkdtempSync, rmSync, type WriteStream } from 'node:fs'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
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
  /** changed, though they do not fit: how many of those are counted twice */
  both: number
}

const PARTS = ['same', 'changed', 'diff', 'unfit'] as const
type Part = (typeof PARTS)[number]

export function createReportWriter(head: ReportHead): ReportWriter {
  const folder = mkdtempSync(join(tmpdir(), 'backo-report-'))
  const spools = Object.fromEntries(
    PARTS.map((part) => [part, spool(join(folder, part))]),
  ) as Record<Part, Spool>
  const totals: Totals = { same: 0, changed: 0, unfit: 0, both: 0 }
  const taken = takenBack(head, totals)
  return {
    totals,
    add: async (batch) => {
      const lines: Record<Part, string[]> = { same: [], changed: [], diff: [], unfit: [] }
      for (const outcome of batch) {
        const { kind, _id } = outcome
        if (kind === 'unfit' && outcome.was !== undefined && !taken.take(_id, outcome.was)) continue
        totals[kind]++
        if (kind === 'unfit') lines.unfit.push(JSON.stringify({ _id, errors: outcome.errors }))
        else lines[kind].push(JSON.stringify(_id))
        if (kind === 'changed') lines.diff.push(JSON.stringify({ _id, diff: outcome.diff }))
      }
      for (const part of PARTS) await spools[part].add(lines[part])
    },
    async *text() {
      const left = (part: Part): AsyncIterable<string> => spools[part].text(taken.isLeft(part))
      yield `{"collection":${JSON.stringify(head.collection)},"dry_run":${head.dryRun},`
      if (head.moves && head.moves.length > 0) yield `"moves":${JSON.stringify(head.moves)},`
      yield '"no_changes":{"_ids":['
      yield* left('same')
      yield `],"total":${totals.same}},"changes":{"_ids":[`
      yield* left('changed')
      yield `],"total":${totals.changed},"diff":[`
      yield* left('diff')
      yield `]},"errors":{"total":${totals.unfit},"items":[`
      yield* left('unfit')
      yield ']}}'
    },
    end: async () => {
      await Promise.all(PARTS.map((part) => spools[part].close()))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface TakenBack {
  /** false when there is nothing more to tell of the item */
  readonly take: (_id: string, was: 'same' | 'changed' | 'unfit') => boolean
  /** null: every line of the part is left */
  readonly isLeft: (part: Part) => ((line: string) => boolean) | null
}

/** Items of which something was told before it was known that they clash; by hashes of their ids. */
function takenBack({ dryRun }: ReportHead, totals: Totals): TakenBack {
  const all = new Set<number>()
  const gone = { same: new Set<number>(), changed: new Set<number>() }
  return {
    take: (_id, was) => {
      const hash = hashOf(_id)
      if (was === 'unfit' || all.has(hash)) return false
      all.add(hash)
      // what has been written has changed all the same
      if (was === 'changed' && !dryRun) {
        totals.both++
        return true
      }
      gone[was].add(hash)
      totals[was]--
      return true
    },
    isLeft: (part) => {
      const ids = part === 'unfit' ? null : gone[part === 'diff' ? 'changed' : part]
      return ids === null || ids.size === 0 ? null : (line) => !ids.has(hashOf(idIn(line)))
    },
  }
}

/** 48 bits: of a million ids two are alike once in five hundred runs. */
const hashOf = (_id: string): number => createHash('sha1').update(_id).digest().readUIntBE(0, 6)

function idIn(line: string): string {
  const value = JSON.parse(line) as string | { readonly _id: string }
  return typeof value === 'string' ? value : value._id
}

interface Spool {
  readonly add: (lines: readonly string[]) => Promise<void>
  /** elements of a JSON list: all, or those that are left */
  readonly text: (isLeft: ((line: string) => boolean) | null) => AsyncIterable<string>
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
    async *text(isLeft) {
      if (stream === undefined) return
      await close()
      const input = createReadStream(path, 'utf8')
      if (isLeft === null) return yield* input as AsyncIterable<string>
      let separator = ''
      for await (const line of createInterface({ input })) {
        const element = line.endsWith(',') ? line.slice(0, -1) : line
        if (element === '' || !isLeft(element)) continue
        yield `${separator}\n${element}`
        separator = ','
      }
    },
    close,
  }
}
