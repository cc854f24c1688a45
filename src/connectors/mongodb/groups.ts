/**
 * Group commit: batches that come while others are on their way go together in one transaction, so that its round
 * trips serve all. A batch that does not hold undoes its group: then each goes alone, and is told apart.
 * Knows no server.
 */
import { StoreConflict } from '../../errors.ts'
import type { Prepared, PreparedWrite } from './prepare-batch.ts'
import { isItemWrite, keyOf, lockKeys } from './prepare-batch.ts'
import { GroupRefused } from './write-items.ts'

/** Transactions of this process at once: fewer make larger groups. */
const MOST_RUNNING = 2
/** Writes in one group, at most; a batch is never split. */
const MOST_WRITES = 200

interface Job {
  readonly prepared: Prepared
  /** all that others may not write meanwhile, and of these what it writes itself */
  readonly keys: readonly string[]
  readonly written: ReadonlySet<string>
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export class Groups {
  readonly #commit: (prepared: Prepared) => Promise<void>
  #waiting: Job[] = []
  #running = 0

  /** `commit`: one batch, or several made one, as a transaction; a single batch may need none */
  constructor(commit: (prepared: Prepared) => Promise<void>) {
    this.#commit = commit
  }

  /** Settles when this batch is kept, or why it is not. */
  run(prepared: Prepared): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        prepared,
        keys: lockKeys(prepared),
        written: new Set(writtenKeys(prepared)),
        resolve,
        reject,
      })
      this.#start()
    })
  }

  #start(): void {
    while (this.#running < MOST_RUNNING && this.#waiting.length > 0) {
      const { group, rest } = together(this.#waiting)
      this.#waiting = rest
      this.#running += 1
      void this.#keep(group).finally(() => {
        this.#running -= 1
        this.#start()
      })
    }
  }

  async #keep(group: readonly Job[]): Promise<void> {
    if (group.length > 1) {
      try {
        await this.#commit(merged(group))
        for (const job of group) job.resolve()
        return
      } catch (error) {
        if (!(error instanceof StoreConflict || error instanceof GroupRefused)) {
          for (const job of group) job.reject(error)
          return
        }
      }
    }
    await Promise.all(group.map((job) => this.#commit(job.prepared).then(job.resolve, job.reject)))
  }
}

/** The first that wait, and those behind them that none of the group stands in the way of; order is kept by key. */
function together(waiting: readonly Job[]): { readonly group: Job[]; readonly rest: Job[] } {
  const group: Job[] = []
  const rest: Job[] = []
  const held = new Set<string>()
  const written = new Set<string>()
  let writes = 0
  for (const job of waiting) {
    writes += job.prepared.writes.length
    const fits =
      group.length === 0 ||
      (writes <= MOST_WRITES &&
        !searches(job) &&
        !group.some(searches) &&
        !job.keys.some((key) => written.has(key)) &&
        ![...job.written].some((key) => held.has(key)))
    ;(fits ? group : rest).push(job)
    // who waits keeps its place before those behind
    for (const key of job.keys) held.add(key)
    for (const key of job.written) written.add(key)
  }
  return { group, rest }
}

/** What was searched must be so before any write of another: such a batch goes alone. */
const searches = ({ prepared }: Job): boolean => prepared.selectChecks.length > 0

function* writtenKeys({ batch }: Prepared): Generator<string> {
  for (const write of batch.writes) if (isItemWrite(write)) yield keyOf(write.collection, write.id)
}

/** Several as one; what more than one of them guards is guarded once. */
function merged(group: readonly Job[]): Prepared {
  const all = group.map((job) => job.prepared)
  const guards = new Map<string, Prepared['guards'][number]>()
  for (const guard of all.flatMap((one) => one.guards)) {
    const key = keyOf(guard.collection, guard.id)
    const exists = guard.exists || guards.get(key)?.exists === true
    guards.set(key, { ...guard, exists })
  }
  return {
    // its own, as each may still go alone
    id: `${all[0]?.id ?? ''}+${all.length}`,
    batch: {
      writes: all.flatMap((one) => one.batch.writes),
      checks: all.flatMap((one) => one.batch.checks),
      ...changesOf(all),
    },
    writes: sorted(all.flatMap((one) => one.writes)),
    versions: all.flatMap((one) => one.versions),
    versionChecks: all.flatMap((one) => one.versionChecks),
    countChecks: all.flatMap((one) => one.countChecks),
    selectChecks: all.flatMap((one) => one.selectChecks),
    guards: [...guards.values()],
    changes: all.flatMap((one) => one.changes),
    farGuards: [...new Set(all.flatMap((one) => one.farGuards))],
    several: true,
  }
}

/** What is wanted was the same for all of them: each was looked at a moment ago. */
function changesOf(all: readonly Prepared[]): Pick<Prepared['batch'], 'changes'> {
  const told = all.flatMap(({ batch }) => batch.changes ?? [])
  const [first] = told
  if (!first) return {}
  if (told.some(({ wanted }) => wanted !== first.wanted)) throw new GroupRefused()
  return { changes: { wanted: first.wanted, items: [] } }
}

/** Items of one collection after another, then the links: each kind is one call to the server. */
function sorted(writes: readonly PreparedWrite[]): PreparedWrite[] {
  const items = new Map<string, PreparedWrite[]>()
  const links: PreparedWrite[] = []
  for (const write of writes) {
    if (write.kind === 'link') links.push(write)
    else {
      const { collection } = write.item.write
      const known = items.get(collection)
      if (known) known.push(write)
      else items.set(collection, [write])
    }
  }
  return [...[...items.values()].flat(), ...links]
}
