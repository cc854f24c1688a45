/**
 * `renamed_from` of fields and collections: who may have had which name, so that data found under a former name
 * has one place to go to. Knows no store and no item.
 */
import type { Config, ConfigPath } from '../config/config.ts'
import type { DictDraft, FieldDraft, Origin } from './draft.ts'
import type { Report } from './report.ts'

const CODE = 'BACKO_CONFIG_RENAMED_FROM'
/** Never names of fields, so nothing is stored under them. */
const NEVER: ReadonlySet<string> = new Set(['constructor', 'prototype'])

/** Former names of the fields of an item, each in its own Dict. */
export function checkFormerNames({ origins }: DictDraft, report: Report): void {
  const parents = new Map(origins.map(({ field, parent }) => [field, parent]))
  const taken = new Map<FieldDraft, Map<string, string>>()
  for (const { field, parent, at } of origins) {
    if (field.formerNames.length === 0) continue
    const live = parent?.fields
    if (!live || isInTuple(parent, parents)) {
      const why = live ? 'inside a Tuple or an In data stays as it is' : 'elements have no name'
      report.error(CODE, at('renamed_from'), `\`renamed_from\` can't be here: ${why}`, {
        at: 'key',
      })
      continue
    }
    const others = taken.get(parent) ?? new Map<string, string>()
    taken.set(parent, others)
    checkNames({ ...field, at, live, taken: others }, report)
  }
}

/** Where nothing is stored nothing was renamed: arguments of actions, `current_user`. */
export function refuseFormerNames(origins: readonly Origin[], report: Report): void {
  for (const { field, at } of origins) {
    if (field.formerNames.length === 0) continue
    const message = "`renamed_from` can't be here: nothing of it is stored"
    report.error(CODE, at('renamed_from'), message, { at: 'key' })
  }
}

export function checkFormerCollections({ collections }: Config, report: Report): void {
  const taken = new Map<string, string>()
  for (const [name, { renamed_from: formerNames = [] }] of Object.entries(collections)) {
    const at = (option: string): ConfigPath => ['collections', name, option]
    const others = Object.entries(collections).filter(([other]) => other !== name)
    const live = new Set(others.flatMap(([other, { source = other }]) => [other, source]))
    checkNames({ name, formerNames, at, live, taken }, report)
  }
}

interface Renamed {
  readonly name: string
  readonly formerNames: readonly string[]
  readonly at: (option: string) => ConfigPath
  /** names in use now */
  readonly live: { readonly has: (name: string) => boolean }
  /** former name -> whose it is */
  readonly taken: Map<string, string>
}

function checkNames(renamed: Renamed, report: Report): void {
  const { name, formerNames, at, taken } = renamed
  for (const [i, former] of formerNames.entries()) {
    const why = whyNot(former, renamed)
    taken.set(former, name)
    const path = formerNames.length === 1 ? at('renamed_from') : [...at('renamed_from'), i]
    if (why !== null) report.error(CODE, path, why)
  }
}

function whyNot(former: string, { name, live, taken }: Renamed): string | null {
  if (former === name) return `${name} is its own name`
  if (NEVER.has(former)) return `nothing is ever stored as ${former}`
  if (live.has(former)) return `${former} is in use: what it holds can't be of ${name} too`
  const other = taken.get(former)
  if (other === undefined) return null
  return other === name ? `${former} is said twice` : `${former} is a former name of ${other}`
}

type Parents = ReadonlyMap<FieldDraft, FieldDraft | null>

/** Docs are gone through by Dicts and Lists alone. */
function isInTuple(field: FieldDraft | null, parents: Parents): boolean {
  if (field === null) return false
  const { name } = field.type
  return name === 'Tuple' || name === 'In' || isInTuple(parents.get(field) ?? null, parents)
}
