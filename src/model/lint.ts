/**
 * What compiles and is still wrong or unwise: findings over the whole configuration and the whole model.
 * A new rule is a function here and a line in its list.
 */
import type { Config, ConfigPath } from '../config/config.ts'
import { didYouMean } from '../expression/hint.ts'
import type { DictValue, Env } from '../expression/expr.ts'
import type { Collection, Relation, Right } from './backoffice.ts'
import { companionSources } from './companions.ts'
import type { CollectionDraft } from './draft.ts'
import type { RuleTools } from './field-rules.ts'
import { holdsFile } from './values/field-facts.ts'
import { lintJwks, lintLogin } from './lint-auth.ts'
import type { Report } from './report.ts'

export interface LintedModel {
  readonly collections: ReadonlyMap<string, Collection>
  readonly relations: readonly Relation[]
}

/** What the configuration says beside its collections' fields. */
export function lintConfig(
  config: Config,
  drafts: ReadonlyMap<string, CollectionDraft>,
  tools: RuleTools,
): void {
  lintStorages(config, tools.report)
  lintSources(config, drafts, tools.report)
  if (!config.auth) return
  lintJwks(config.auth, tools.report)
  lintLogin(config.auth, drafts, tools.report)
  if (config.auth.hook !== undefined) tools.hooks.check(config.auth.hook, ['auth', 'hook'])
}

/** What only the compiled model shows. */
export function lintModel(config: Config, model: LintedModel, report: Report): void {
  for (const collection of model.collections.values()) {
    lintOpenWrites(config, collection, report)
    lintHookReads(config, collection, report)
  }
  for (const relation of model.relations) {
    lintRequiredBoth(relation, report)
    lintTwoStorages(config, relation, report)
  }
}

function lintStorages(config: Config, report: Report): void {
  for (const [name, { storage }] of Object.entries(config.collections)) {
    if (Object.hasOwn(config.storage, storage)) continue
    report.error(
      'BACKO_CONFIG_UNKNOWN_STORAGE',
      ['collections', name, 'storage'],
      `unknown storage ${storage}`,
      {
        hint: didYouMean(storage, Object.keys(config.storage)),
      },
    )
  }
}

/** Two collections in one table would overwrite each other; some stores do not tell cases apart. */
function lintSources(
  config: Config,
  drafts: ReadonlyMap<string, CollectionDraft>,
  report: Report,
): void {
  const taken = new Map<string, string>()
  for (const [name, collection] of Object.entries(config.collections)) {
    const { storage, source } = collection
    const own = source ?? name
    const draft = drafts.get(name)
    const wishes = { ...collection, files: draft !== undefined && holdsFile(draft.field) }
    for (const each of [own, ...companionSources(own, wishes)]) {
      const place = `${storage} ${each.toLowerCase()}`
      const other = taken.get(place)
      taken.set(place, name)
      if (other === undefined) continue
      const path = ['collections', name, ...(source === undefined ? [] : ['source'])]
      const message = `${name} and ${other} would be kept in the same place (${each})`
      report.error('BACKO_CONFIG_SOURCE', path, message, {
        hint: 'give one of them another `source`',
      })
    }
  }
}

const HOOK_READ = 'BACKO_CONFIG_HOOK_READ'
const ANONYMOUS: DictValue = Object.freeze({ _id: '000', login: 'ANONYMOUS', roles: [] })

const WRITES = [
  ['create', 'can_create', 'canCreate'],
  ['modify', 'can_modify', 'canModify'],
  ['delete', 'can_delete', 'canDelete'],
] as const

function lintOpenWrites(config: Config, collection: Collection, report: Report): void {
  if (config.auth?.required) return
  const said = config.collections[collection.name]
  const open = WRITES.filter(([name, , right]) => isOpen(collection[right], name))
  const [first] = open
  if (!first) return
  const named = open.find(([, option]) => said?.[option] !== undefined)
  const path: ConfigPath = ['collections', collection.name, ...(named ? [named[1]] : [])]
  const verbs = open.map(([verb]) => verb).join(', ')
  report.warning(
    'BACKO_CONFIG_OPEN_WRITE',
    path,
    `anyone, logged in or not, may ${verbs} items of ${collection.name}`,
    {
      at: 'key',
      hint: `say who may: \`${(named ?? first)[1]}: current_user.has_role("ADMIN")\`, or \`default_rights\` for all collections`,
    },
  )
}

/** Is it given to somebody unknown, whatever the item? */
function isOpen(right: Right, name: string): boolean {
  if (right.kind !== 'rule') return right.kind === 'always' && right.value
  const env: Env = {
    roots: { current_user: ANONYMOUS, item: null, next: null, right: name },
    now: '1970-01-01T00:00:00.000Z',
    follow: () => undefined,
    linked: () => [],
  }
  return right.rule.evaluate(env) === true
}

function lintHookReads(config: Config, collection: Collection, report: Report): void {
  const { name, canRead } = collection
  if (canRead.kind === 'hook') {
    const said = config.collections[name]?.can_read
    const path = said === undefined ? ['default_rights'] : ['collections', name, 'can_read']
    const cost = `lists of ${name} are slow, and other collections' filters can't look through references to it`
    report.warning(
      HOOK_READ,
      path,
      `a hook as can_read is asked item by item, in batches: ${cost}`,
      {
        hint: 'an expression over `item` is put into the query of the database',
      },
    )
  }
  for (const { path, canRead: right } of collection.guarded) {
    if (right.kind !== 'hook') continue
    const at = [...placeOf(name, path), 'can_read']
    report.warning(HOOK_READ, at, `a hook as can_read: filters and sorts take ${path} for unset`, {
      hint: 'an expression over `item` works in the database too',
    })
  }
}

/** Neither item can be made before the other. */
function lintRequiredBoth({ owner, other, symmetric }: Relation, report: Report): void {
  if (!other || !owner.required || !other.required || symmetric) return
  report.warning(
    'BACKO_CONFIG_REQUIRED_BOTH',
    placeOf(owner.collection, owner.path),
    `${owner.name} and ${other.name} are both required: neither item can be made before the other, but in a _batch`,
    { at: 'key', hint: 'leave `required` out of one side' },
  )
}

function lintTwoStorages(config: Config, { owner }: Relation, report: Report): void {
  const [one, two] = [owner.collection, owner.target].map(
    (name) => config.collections[name]?.storage ?? '',
  )
  const known = [one, two].every(
    (name) => name !== undefined && Object.hasOwn(config.storage, name),
  )
  if (one === two || !known) return
  report.warning(
    'BACKO_CONFIG_TWO_STORAGES',
    placeOf(owner.collection, owner.path),
    `${owner.collection} and ${owner.target} are kept in two storages (${one}, ${two}): a change of both is not atomic`,
    { hint: 'give both collections the same `storage`' },
  )
}

const placeOf = (collection: string, path: string): ConfigPath => [
  'collections',
  collection,
  ...path.split('.').flatMap((name) => ['fields', name]),
]
