/** A migration as programs ask for it: a collection by its name, a function, a report. */
import type { OperationLog, Running } from '../operations/context.ts'
import type { Backoffice } from '../model/backoffice.ts'
import { nearest } from '../nearest.ts'
import { BadMigration } from './bad-migration.ts'
import type { MigrateFunction } from './change-item.ts'
import { movePlaces } from './former-places.ts'
import { checkMigration, migrateItems, type MigrateOptions } from './migrate.ts'
import { after, collectReport, type MigrationReport } from './report.ts'

/**
 * Checks the stored items of a collection against the model and, given a function or `set` and `unset`, changes
 * them: `await app.migrate('books', (book) => { book.note ??= 10 })`. Nothing is written unless `dryRun` is false.
 * No rights are asked, no hooks run, `_meta` is left alone; every rule on values and references holds, and an item
 * that breaks one is told under `errors` and left as it is. The report holds every item: for millions of them, take
 * the command, or `ids` in parts.
 * @throws BadMigration for an unknown collection or selector
 */
export interface Migrate {
  (
    collection: string,
    apply?: MigrateFunction | null,
    options?: MigrateOptions,
  ): Promise<MigrationReport>
  (collection: string, options: MigrateOptions): Promise<MigrationReport>
}

export function migrations(running: () => Running, log: OperationLog): Migrate {
  return async (
    name: string,
    second?: MigrateFunction | MigrateOptions | null,
    third: MigrateOptions = {},
  ) => {
    const now = running()
    const collection = now.backoffice.collections.get(name)
    if (!collection) throw unknown(name, now.backoffice.collections)
    const [apply, options] =
      typeof second === 'object' && second !== null ? [undefined, second] : [second, third]
    const migration = { ...options, running: now, collection, apply: apply ?? undefined, log }
    checkMigration(migration)
    const { moves, faults } = await movePlaces(migration)
    const head = { collection: name, dryRun: options.dryRun !== false, moves }
    return collectReport(head, after(faults, migrateItems(migration)))
  }
}

/** With what it is called now, the nearest name, or all of them. */
export function unknown(name: string, collections: Backoffice['collections']): BadMigration {
  const all = [...collections.keys()]
  const now = [...collections.values()].find(({ formerNames }) => formerNames.includes(name))
  const near = nearest(name, all)
  const hint = now
    ? `it is ${now.name} now`
    : near === undefined
      ? `there are ${all.join(', ')}`
      : `did you mean ${near}?`
  return new BadMigration(`there is no collection ${name}`, hint)
}
