/**
 * How SQLite goes about a statement, asked once for each text: does it sort, how many rows may it look at, what
 * may a row cost. From that and the size of the tables: may it take long? What was slow once is taken for slow
 * from then on. Knows plans and times; no query.
 */
import type { Counts } from './counts.ts'
import type { PageTable } from './page-statements.ts'
import type { Sql } from './sql.ts'
import type { Statements } from './statements.ts'

/**
 * Rows looked at: `few`, those of the page; `same`, those that share a value; `range`, those between values;
 * `all`.
 */
type Reach = 'few' | 'same' | 'range' | 'all'

export interface Look {
  readonly sorts: boolean
  readonly reach: Reach
  /** a whole table but the one asked for may be gone through */
  readonly elsewhere: boolean
  /** microseconds that a row may take, roughly */
  readonly row: number
  /** grows where it was slow here, shrinks where it was quick: at SLOW it is not done here any more */
  strikes: number
  /** how often in a row it was quick in another thread */
  quick: number
}

/** Milliseconds for which others may be kept waiting. */
export const PATIENCE = 8
/** Rows that are passed over at this cost: by an index. */
const SKIPPED = 0.02
/** Milliseconds. */
const QUICK = 1
/** What was quick so often goes through few of the rows that it might: there is no need of another thread. */
const PROVEN = 8
/** Milliseconds, as guessed, beyond which that is not relied on: other values may go through all of them. */
const UNPROVEN = 20
/** What one slow run counts; a pause of the machine now and then is forgotten. */
const STRIKE = 8
const SLOW = 3 * STRIKE
/** Quick runs elsewhere until it is tried here again. */
const BANNED = 100

const KNOWN = 500
const looks = new WeakMap<Statements, Map<string, Look>>()

/** `unbound`: the statement has no condition of its own, at most a cursor. */
export function lookAt(statements: Statements, { text, params }: Sql, unbound: boolean): Look {
  let known = looks.get(statements)
  if (known === undefined || known.size > KNOWN) looks.set(statements, (known = new Map()))
  let look = known.get(text)
  if (look === undefined) {
    const plan = statements.db.prepare(`EXPLAIN QUERY PLAN ${text}`)
    const steps = (plan.all(...params) as { detail: string }[]).map(({ detail }) => detail)
    known.set(text, (look = { ...readSteps(steps, text, unbound), strikes: 0, quick: 0 }))
  }
  return look
}

const SORT = 'USE TEMP B-TREE FOR ORDER BY'

function readSteps(
  steps: readonly string[],
  text: string,
  unbound: boolean,
): Omit<Look, 'strikes' | 'quick'> {
  const sorts = steps.includes(SORT)
  let reach: Reach = 'few'
  let elsewhere = false
  const inner: Inner = { ones: 0, lists: 0, links: 0 }
  for (const step of steps) {
    const [, verb, alias = '', how = ''] = /^(SCAN|SEARCH) (\S+)(.*)$/.exec(step) ?? []
    if (verb === undefined || alias === 'd') continue
    const virtual = how.includes(' VIRTUAL TABLE ')
    const found = virtual ? 'few' : reachOf(verb, how)
    if (alias !== 't') {
      inner[virtual ? 'lists' : alias.startsWith('r') ? 'ones' : 'links']++
      elsewhere ||= found === 'all' || found === 'range'
    }
    if (RANK[found] > RANK[reach]) reach = found
  }
  if (unbound) reach = sorts ? 'all' : 'few'
  else if (reach === 'few' && inner.lists + inner.links > 0) reach = 'same'
  return { sorts, reach, elsewhere, row: rowCost(text, inner) }
}

/** What is gone through for each row. */
interface Inner {
  /** items that a reference leads to */
  ones: number
  /** elements */
  lists: number
  /** linked items: those of each multiply */
  links: number
}

const RANK: Readonly<Record<Reach, number>> = { few: 0, same: 1, range: 2, all: 3 }

function reachOf(verb: string, how: string): Reach {
  if (verb === 'SCAN') return 'all'
  const asked = /\(([^()]*)\)$/.exec(how)?.[1] ?? ''
  if (asked === 'id=?' || asked === 'rowid=?') return 'few'
  return asked.includes('=?') ? 'same' : 'range'
}

/** SQLite's own work, and our functions called from it: roughly, as noteHere sees what it really was. */
function rowCost(text: string, { ones, lists, links }: Inner): number {
  const functions = text.split(/\bb_\w+\(/).length - 1
  const values = text.split('?').length - 1
  const docs = text.split('(SELECT doc').length - 1
  const multiplied = links === 0 ? 0 : 2 * SHARED ** (links - 1)
  return 0.1 + 0.01 * values + 0.8 * functions + 1.5 * docs + ones + 2 * lists + multiplied
}

/** Items linked to one, as a guess. */
const SHARED = 15

export interface Weighed {
  readonly table: PageTable
  readonly skip: number
  /** milliseconds */
  readonly patience: number
}

/** Is it better done where nobody waits for it? */
export function mayTakeLong(look: Look, asked: Weighed, counts: Counts): boolean {
  const { table, skip, patience } = asked
  if (look.strikes >= SLOW) return true
  const isLong = (rows: number, row: number): boolean => (rows * row) / 1000 > patience
  const rows = (): number => (look.elsewhere ? counts.largest() : counts.all(table))
  switch (look.reach) {
    case 'few':
      return isLong(skip, SKIPPED)
    case 'same':
      return isLong(look.elsewhere ? counts.largest() : SHARED, look.row)
    case 'range':
      return look.quick < PROVEN && isLong(rows(), look.row)
    case 'all': {
      const guessed = rows() * look.row
      const isProven = !look.sorts && look.quick >= PROVEN && guessed / 1000 <= UNPROVEN
      return !isProven && guessed / 1000 > patience
    }
    default:
      return look.reach satisfies never
  }
}

/** What it took, in milliseconds, in this thread. */
export function noteHere(look: Look, took: number): void {
  if (took < QUICK) {
    if (look.strikes > 0) look.strikes--
  } else if (took > PATIENCE * 1.5 && look.reach !== 'few') {
    look.strikes += STRIKE
    if (look.strikes >= SLOW) look.strikes = SLOW + BANNED
  }
}

/** What it took in another. */
export function noteApart(look: Look, took: number): void {
  const quick = took < QUICK
  look.quick = quick ? look.quick + 1 : 0
  if (quick && look.strikes > 0) look.strikes--
}
