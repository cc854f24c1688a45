/** What an import tells: rows that were refused as they are met, then counts. As text, or as JSON. */
import { describeFieldError } from '../errors.ts'
import type { Collection } from '../model/backoffice.ts'
import { nearest } from '../nearest.ts'
import type { Step } from '../transfer/import-items.ts'
import type { RowFault } from '../transfer/row.ts'
import type { Terminal } from './terminal.ts'
import { hasColor, painter } from './terminal.ts'

export interface Totals {
  created: number
  updated: number
  unchanged: number
  failed: number
}

export interface ImportReport {
  readonly add: (step: Step) => void
  readonly end: () => Totals
}

export interface ReportOptions {
  readonly json: boolean
  readonly dryRun: boolean
  readonly collection: Collection | null
}

/** Refused rows that a person is shown. */
const SHOWN = 50

export function importReport(terminal: Terminal, options: ReportOptions): ImportReport {
  const totals: Totals = { created: 0, updated: 0, unchanged: 0, failed: 0 }
  const paint = painter(hasColor(terminal, terminal.err))
  const { collection, json, dryRun } = options
  if (json)
    terminal.out.write(
      `{"collection":${JSON.stringify(collection?.name ?? null)},"dry_run":${dryRun},"errors":[`,
    )
  const tell = (fault: RowFault): void => {
    totals.failed++
    if (json) {
      const item = {
        line: fault.line,
        collection: fault.collection,
        _id: fault._id,
        errors: fault.errors,
      }
      terminal.out.write(`${totals.failed > 1 ? ',' : ''}\n${JSON.stringify(item)}`)
    } else if (totals.failed <= SHOWN)
      terminal.err.write(`${paint('red', `line ${fault.line}:`)} ${textOf(fault, collection)}\n`)
  }
  return {
    add: ({ created, updated, unchanged, faults }) => {
      totals.created += created
      totals.updated += updated
      totals.unchanged += unchanged
      for (const fault of faults) tell(fault)
    },
    end: () => {
      if (json) terminal.out.write(`],${JSON.stringify(totals).slice(1)}\n`)
      else {
        if (totals.failed > SHOWN)
          terminal.err.write(`and ${totals.failed - SHOWN} more: --json tells them all\n`)
        terminal.out.write(summary(totals, dryRun))
      }
      return totals
    },
  }
}

function summary({ created, updated, unchanged, failed }: Totals, dryRun: boolean): string {
  const parts = [
    `${created} created`,
    ...(updated > 0 ? [`${updated} updated`] : []),
    ...(unchanged > 0 ? [`${unchanged} unchanged`] : []),
    ...(failed > 0 ? [`${failed} refused`] : []),
  ]
  return `${parts.join(', ')}${dryRun ? ' (dry run: nothing was written)' : ''}\n`
}

function textOf({ collection, _id, errors }: RowFault, only: Collection | null): string {
  const named =
    collection !== null && !only ? `${collection}${_id === null ? '' : `/${_id}`}: ` : ''
  return `${named}${errors.map((error) => textOfError(error, only)).join('; ')}`
}

function textOfError(error: RowFault['errors'][number], only: Collection | null): string {
  const text = error.path === '$' ? error.message : describeFieldError(error)
  if (error.message.startsWith('Must not begin with $argon2')) return `${text}: --password-hashes?`
  if (error.message !== 'Unknown field' || !only) return text
  const near = nearest(error.path.slice(2), only.fieldAt.keys())
  return near === undefined ? text : `${text}, did you mean ${near}?`
}
