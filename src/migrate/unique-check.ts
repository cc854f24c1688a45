/**
 * Unique values in a run: those of all items against each other in a dry run, and where the store does not hold the
 * rule now, as what is stored breaks it. Where it does, a write is refused by the store.
 */
import type { StoredItem } from '../connectors/connector.ts'
import type { FieldError } from '../errors.ts'
import { compareText } from '../expression/order.ts'
import type { Collection } from '../model/backoffice.ts'
import { moveRenamed } from '../model/values/former.ts'
import { connectorOf, type Running } from '../operations/context.ts'
import type { BatchJob, BatchResult, SettledItems } from './migrate-batch.ts'
import type { Outcome } from './report.ts'
import { uniqueRules, type UniqueRule } from '../operations/unique-rules.ts'
import { createUniqueWatch, TAKEN, type Noted } from './unique-watch.ts'

export interface UniqueCheck {
  readonly taken: BatchJob['taken']
  readonly note: (items: readonly StoredItem[], result: BatchResult) => Promise<void>
  /** what clashes with what else was met, or is stored; once all was noted */
  readonly clashes: () => AsyncIterable<readonly Outcome[]>
  readonly end: () => void
}

/** Of a Migration. */
interface Checked {
  readonly running: Running
  readonly collection: Collection
  readonly dryRun?: boolean | undefined
  readonly ids?: readonly string[] | undefined
  readonly after?: string | undefined
}

/** How many holders of a value are looked for beside the run. */
const HOLDERS = 3

export function uniqueCheck(checked: Checked): UniqueCheck {
  const { running, collection, dryRun = true } = checked
  const rules = uniqueRules(collection)
  const broken = brokenRules(running, collection, rules)
  const watched = dryRun ? rules : broken
  const watch = createUniqueWatch()
  const noteOne = async (noted: Noted, rule: UniqueRule): Promise<void> => {
    watch.note(noted)
    if (!isPartial(checked) || (!noted.came && !broken.includes(rule))) return
    const { _id, path, key } = noted
    for (const id of await holders(checked, rule, key))
      if (id !== _id && !isMet(checked, id))
        watch.note({ _id: id, path, key, came: false, was: 'elsewhere' })
  }
  return {
    taken: dryRun || broken.length === 0 ? nothingTaken : takenBy(checked, broken),
    async note(items, { outcomes, settled }) {
      if (watched.length === 0) return
      const byId = new Map(items.map((item) => [item._id, item]))
      for (const { kind: was, _id } of outcomes) {
        const item = byId.get(_id)
        if (item === undefined) continue
        const { before, after } = docsOf(collection, item, was === 'unfit' ? null : settled)
        for (const rule of watched) {
          const key = rule.keyOf(after)
          if (key === null) continue
          const came = key !== rule.keyOf(before)
          await noteOne({ _id, path: rule.path, key, came, was }, rule)
        }
      }
    },
    clashes: () => watch.clashes(),
    end: () => watch.end(),
  }
}

/** Those that the store does not hold now. */
function brokenRules(
  running: Running,
  { name, storage }: Collection,
  rules: readonly UniqueRule[],
): readonly UniqueRule[] {
  const lists = connectorOf(running, storage).unenforced?.(name) ?? []
  const broken = new Set(lists.map((fields) => fields.toSorted().join()))
  return rules.filter(({ fields }) => broken.has(fields.toSorted().join()))
}

const isPartial = ({ ids, after }: Checked): boolean => ids !== undefined || after !== undefined

const isMet = ({ ids, after }: Checked, id: string): boolean =>
  (ids === undefined || ids.includes(id)) && (after === undefined || compareText(id, after) > 0)

async function holders(
  { running, collection }: Checked,
  rule: UniqueRule,
  key: string,
): Promise<readonly string[]> {
  const { items } = await connectorOf(running, collection.storage).select({
    collection: collection.name,
    where: rule.having(key),
    sort: [],
    skip: 0,
    limit: HOLDERS,
    total: false,
  })
  return items.map(({ _id }) => _id)
}

/** As it is stored, and as it will be; the same where it is left as it is. */
function docsOf(
  { item: model }: Collection,
  item: StoredItem,
  settled: SettledItems | null,
): { readonly before: StoredItem['doc']; readonly after: StoredItem['doc'] } {
  const before = moveRenamed(model, item.doc)
  const settling = settled?.get(item._id)
  return { before, after: settling && 'after' in settling ? settling.after : before }
}

const nothingTaken: BatchJob['taken'] = async () => new Map()

/** What an item comes to must be nobody's, of the batch either; what it has already is told in the end. */
function takenBy(checked: Checked, rules: readonly UniqueRule[]): BatchJob['taken'] {
  return async (items, settled) => {
    const taken = new Map<string, readonly FieldError[]>()
    const here = new Set<string>()
    for (const item of items) {
      const { before, after } = docsOf(checked.collection, item, settled)
      for (const rule of rules) {
        const key = rule.keyOf(after)
        if (key === null || key === rule.keyOf(before)) continue
        const name = `${rule.path} ${key}`
        const others = (await holders(checked, rule, key)).filter((id) => id !== item._id)
        if (others.length > 0 || here.has(name))
          taken.set(item._id, [{ path: rule.path, message: TAKEN }])
        here.add(name)
      }
    }
    return taken
  }
}
