/** A migration in words, for people. Knows outcomes and causes; runs nothing. */
import { describeFieldError } from '../errors.ts'
import type { Cause, Move } from '../migrate/causes.ts'
import { FORMER_NAME } from '../migrate/change-item.ts'
import { mendOf } from '../migrate/mend.ts'
import type { PlaceMove } from '../migrate/former-places.ts'
import type { Totals } from '../migrate/report-writer.ts'
import type { Outcome } from '../migrate/report.ts'
import { TAKEN } from '../migrate/unique-watch.ts'
import type { Collection } from '../model/backoffice.ts'
import type { Paint } from './terminal.ts'

export interface Ran extends Samples {
  readonly collection: Collection
  readonly dryRun: boolean
  readonly places: readonly PlaceMove[]
  readonly totals: Totals
}

interface Samples {
  /** the first of each kind */
  readonly changed: readonly Extract<Outcome, { kind: 'changed' }>[]
  readonly unfit: readonly Extract<Outcome, { kind: 'unfit' }>[]
}

const SHOWN = 10
const LONGEST = 60

/** Keeps the few outcomes that are shown. */
export function samples(): {
  readonly add: (batch: readonly Outcome[]) => void
  readonly found: () => Samples
} {
  const changed: Extract<Outcome, { kind: 'changed' }>[] = []
  const unfit: Extract<Outcome, { kind: 'unfit' }>[] = []
  return {
    add: (batch) => {
      for (const outcome of batch) {
        if (outcome.kind === 'changed' && changed.length < SHOWN) changed.push(outcome)
        else if (outcome.kind === 'unfit' && unfit.length < SHOWN) unfit.push(outcome)
      }
    },
    found: () => ({ changed, unfit }),
  }
}

const itemsOf = (total: number): string => (total === 1 ? '1 item' : `${total} items`)

const allOf = ({ same, changed, unfit, both }: Totals): number => same + changed + unfit - both

export function summaryText(ran: Ran, paint: Paint): string {
  const { collection, dryRun, totals, changed, unfit } = ran
  const counts = [
    `${totals.changed} ${dryRun ? 'would change' : 'changed'}`,
    `${totals.unfit} ${totals.unfit === 1 ? 'does' : 'do'} not fit the model`,
    `${totals.same} stay as they are`,
  ]
  const lines = [
    `${paint('bold', collection.name)}: ${itemsOf(allOf(totals))}: ${counts.join(', ')}`,
    ...placesText(ran),
  ]
  for (const { _id, diff } of changed) {
    lines.push(`  ${paint('green', _id)}`)
    for (const change of diff) lines.push(`    ${changeText(change)}`)
  }
  lines.push(...moreOf(totals.changed, changed.length, 'changes'))
  for (const { _id, errors } of unfit) {
    lines.push(`  ${paint('red', _id)}`)
    for (const error of errors) lines.push(`    ${describeFieldError(error)}`)
  }
  lines.push(...moreOf(totals.unfit, unfit.length, 'that do not fit'))
  if (dryRun && totals.changed + ran.places.length > 0)
    lines.push(paint('dim', '  nothing was written: --no-dry-run writes it'))
  return `${lines.join('\n')}\n`
}

const placesText = ({ places, dryRun }: Ran): string[] =>
  places.map(({ kind, from, to }) => {
    const what = kind === 'edges' ? `the links ${from}` : from
    return `  ${what} ${dryRun ? 'would be' : 'is now'} ${to}`
  })

const moreOf = (total: number, shown: number, what: string): string[] =>
  total > shown ? [`  ... and ${total - shown} more ${what} (--json, --report FILE)`] : []

type Change = Extract<Outcome, { kind: 'changed' }>['diff'][number]

function changeText(change: Change): string {
  const path = change.path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}.${key}`),
    '$',
  )
  switch (change.type) {
    case 'CREATE':
      return `+ ${path} = ${short(change.value)}`
    case 'REMOVE':
      return `- ${path} (was ${short(change.oldValue)})`
    case 'CHANGE':
      return `~ ${path} = ${short(change.value)} (was ${short(change.oldValue)})`
  }
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

export interface PlanOptions {
  readonly paint: Paint
  /** to be named in commands; null: the default */
  readonly file: string | null
}

/** What the items showed, beside their totals. */
export interface Plan {
  readonly causes: readonly Cause[]
  readonly moves: readonly Move[]
}

export function planText(ran: Ran, { causes, moves }: Plan, { paint, file }: PlanOptions): string {
  const { collection, totals } = ran
  const { name } = collection
  const command = `backo migrate ${file === null ? '' : `${quoted(file)} `}${name}`
  const head =
    totals.unfit === 0
      ? 'all fit the model'
      : `${totals.unfit} ${totals.unfit === 1 ? 'does' : 'do'} not fit the model`
  const lines = [`${paint('bold', name)}: ${itemsOf(allOf(totals))}, ${head}`]
  for (const cause of causes) {
    lines.push(`  ${causeText(collection, cause)}`)
    const mend = mendOf(collection, cause)
    const how =
      mend === null
        ? `${command} --function hooks.ts#mend`
        : `${command} ${mend[0] === '--set' ? '--unfit ' : ''}${mend[0]} ${quoted(mend[1])}`
    lines.push(paint('dim', `      ${how}`))
  }
  lines.push(...placesText(ran))
  for (const move of moves) lines.push(`  ${moveText(collection, move)}`)
  if (totals.changed === 0 && ran.places.length > 0)
    lines.push(paint('dim', `      ${command} --no-dry-run`))
  if (totals.changed > 0) {
    const what = moves.length > 0 ? 'change: renamed fields, ' : 'get '
    lines.push(
      `  ${itemsOf(totals.changed)} would ${what}defaults, computed values or their usual form`,
    )
    lines.push(paint('dim', `      ${command} --no-dry-run`))
  }
  return `${lines.join('\n')}\n`
}

/** For a POSIX shell. */
const quoted = (text: string): string =>
  /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`

const dotted = (selector: string): string => selector.replace(/^\$\.?/, '')

/** `a`, or `a`, `b` */
const named = (selectors: string): string =>
  selectors
    .split(', ')
    .map((each) => `\`${dotted(each)}\``)
    .join(', ')

/** The first of them: those that share a value are looked for by hand. */
const idsText = (ids: readonly string[]): string =>
  ids.length === 0 ? '' : ` as others (${ids.join(', ')})`

/** "214 users hold `name`, which is `title` now" */
const moveText = ({ name }: Collection, { from, to, total }: Move): string =>
  `${total === 1 ? `1 item of ${name} holds` : `${total} ${name} hold`} \`${dotted(from)}\`, which is \`${dotted(to)}\` now`

/** "214 users have no `addr`" */
export function causeText({ name }: Collection, { path, message, total, ids }: Cause): string {
  const field = dotted(path)
  const who = total === 1 ? `1 item of ${name} has` : `${total} ${name} have`
  if (field === '') return `${who} a fault: ${message}`
  if (message === 'Cannot be empty') return `${who} no \`${field}\``
  if (message === 'Unknown field') return `${who} \`${field}\`, which is not in the model`
  if (message === TAKEN) return `${who} the same ${named(path)}${idsText(ids)}`
  if (message.startsWith(FORMER_NAME))
    return `${who} \`${field}\`, a former name, beside another \`${message.slice(FORMER_NAME.length + 1)}\``
  return `${who} a wrong \`${field}\`: ${message}`
}

/** The plan for programs: `mend` is what to give to `backo migrate`. */
export function planJson({ collection, places, totals }: Ran, { causes, moves }: Plan): object {
  return {
    collection: collection.name,
    total: allOf(totals),
    unfit: totals.unfit,
    changes: totals.changed,
    moves: [...places.map(({ from, to }) => ({ from, to })), ...moves],
    causes: causes.map((cause) => {
      const mend = mendOf(collection, cause)
      return {
        ...cause,
        text: causeText(collection, cause),
        mend: mend === null ? null : [...mend],
      }
    }),
  }
}
