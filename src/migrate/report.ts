/**
 * What a migration gives: an outcome for each item, and the report made of them (http.md "Migration report").
 * Knows no store and no model.
 */
import type { Difference } from 'microdiff'
import type { FieldError } from '../errors.ts'
import type { PlaceMove } from './former-places.ts'

/** What became of one item, or would become of it. */
export type Outcome =
  | { readonly kind: 'same'; readonly _id: string }
  /** `diff` in the form of microdiff; a field that gets its first value is a CREATE */
  | { readonly kind: 'changed'; readonly _id: string; readonly diff: readonly Difference[] }
  /** it does not fit the model, also after the change: nothing of it is written */
  | {
      readonly kind: 'unfit'
      readonly _id: string
      readonly errors: readonly FieldError[]
      /** dotted paths of former names under which it holds something */
      readonly former?: readonly string[]
      /** what was told of it before, when all items had to be met to know: this counts */
      readonly was?: 'same' | 'changed' | 'unfit'
    }

export interface MigrationReport {
  readonly collection: string
  readonly dry_run: boolean
  /** names that a collection, what is kept beside it or its links had in the store; only where there were some */
  readonly moves?: readonly PlaceMove[]
  readonly no_changes: { readonly _ids: readonly string[]; readonly total: number }
  readonly changes: {
    readonly _ids: readonly string[]
    readonly total: number
    readonly diff: readonly { readonly _id: string; readonly diff: readonly Difference[] }[]
  }
  /** items that do not fit the model, each with every fault; they are left as they are */
  readonly errors: {
    readonly total: number
    readonly items: readonly { readonly _id: string; readonly errors: readonly FieldError[] }[]
  }
}

export interface ReportHead {
  readonly collection: string
  readonly dryRun: boolean
  readonly moves?: readonly PlaceMove[]
}

/** Outcomes that are known before the others. */
export async function* after(
  first: readonly Outcome[],
  batches: AsyncIterable<readonly Outcome[]>,
): AsyncGenerator<readonly Outcome[]> {
  if (first.length > 0) yield first
  yield* batches
}

/** The whole report in memory: for programs. The command writes its own as it goes (report-writer.ts). */
export async function collectReport(
  { collection, dryRun, moves = [] }: ReportHead,
  batches: AsyncIterable<readonly Outcome[]>,
): Promise<MigrationReport> {
  const same = new Set<string>()
  const changes = new Map<string, readonly Difference[]>()
  const errors = new Map<string, readonly FieldError[]>()
  for await (const batch of batches) {
    for (const outcome of batch) {
      const { _id } = outcome
      if (outcome.kind === 'same') same.add(_id)
      else if (outcome.kind === 'changed') changes.set(_id, outcome.diff)
      else if (outcome.was !== 'unfit') {
        errors.set(_id, [...(errors.get(_id) ?? []), ...outcome.errors])
        same.delete(_id)
        // what has been written has changed all the same
        if (dryRun) changes.delete(_id)
      }
    }
  }
  return {
    collection,
    dry_run: dryRun,
    ...(moves.length > 0 && { moves }),
    no_changes: { _ids: [...same], total: same.size },
    changes: {
      _ids: [...changes.keys()],
      total: changes.size,
      diff: [...changes].map(([_id, diff]) => ({ _id, diff })),
    },
    errors: {
      total: errors.size,
      items: [...errors].map(([_id, faults]) => ({ _id, errors: faults })),
    },
  }
}
