/**
 * Reference fields -> sides of relations, each checked by itself: its collection, its options, its place.
 * Which side goes with which is side-pairs.ts.
 */
import type { CollectionConfig } from '../config/config.ts'
import type { DeleteStrategy, Relation } from './backoffice.ts'
import type { FieldDraft, Origin, SideDraft } from './draft.ts'
import { didYouMean } from '../expression/hint.ts'
import type { Report } from './report.ts'

export interface SideSource {
  readonly name: string
  readonly config: CollectionConfig
  readonly origins: readonly Origin[]
  readonly fieldAt: ReadonlyMap<string, FieldDraft>
}

/** A side, and the field it was written in. */
export interface FoundSide {
  readonly side: SideDraft
  readonly origin: Origin
  /** dotted path of the reverse side in the target; null: one-way */
  readonly reversePath: string | null
}

const STRATEGIES: readonly string[] = [
  'MUST_BE_EMPTY',
  'DELETE_REFERENCED_ITEMS',
  'UNLINK_REFERENCED_ITEMS',
] satisfies DeleteStrategy[]
const FILLS = ['FILL', 'NOT_FILL']

const isStrategy = (text: string): text is DeleteStrategy => STRATEGIES.includes(text)

export const isReference = (field: FieldDraft): boolean =>
  field.type.name === 'Ref' || field.type.name === 'RefsList'

/** `$.rent.books` -> `rent.books`; elements add nothing: `$.lines[*].price` -> `lines.price`. */
export const dottedOf = (selector: string): string =>
  selector.replace(/^\$\.?/, '').replaceAll('[*]', '')

/** The sides that can be used; one with a fault in itself is left out, with a finding. */
export function findSides(collections: readonly SideSource[], report: Report): FoundSide[] {
  const known = collections.map(({ name }) => name)
  return collections.flatMap((collection) =>
    collection.origins.flatMap((origin) => {
      if (!isReference(origin.field)) return []
      return sideOf(collection, origin, known, report) ?? []
    }),
  )
}

function sideOf(
  collection: SideSource,
  origin: Origin,
  known: readonly string[],
  report: Report,
): FoundSide | null {
  const { field, config, at } = origin
  const target = targetOf(origin, known, report)
  if (target === null || !placeFits(origin, report)) return null
  const many = field.type.name === 'RefsList'
  const reversePath = config.field === undefined ? null : dottedOf(config.field)
  const ofs = choice(config.ofs, FILLS, { path: at('ofs'), report })
  const side: SideDraft = {
    name: `${collection.name}.${field.path}`,
    collection: collection.name,
    path: field.path,
    target,
    many,
    inList: field.inList,
    required: field.required,
    min: many ? lengthOf(config['min']) : null,
    max: many ? lengthOf(config['max']) : null,
    ods: strategyOf(origin, many, report),
    fill: ofs !== 'NOT_FILL',
    kept: 'item',
    relation: NO_RELATION,
    reverse: null,
  }
  return { side, origin, reversePath }
}

function targetOf(
  { config, path, at }: Origin,
  known: readonly string[],
  report: Report,
): string | null {
  const target = config.coll
  if (target === undefined) {
    report.error(
      'BACKO_CONFIG_MISSING',
      path,
      `a ${config.type} needs \`coll\`, the collection it refers to`,
    )
    return null
  }
  if (known.includes(target)) return target
  report.error('BACKO_CONFIG_UNKNOWN_COLLECTION', at('coll'), `unknown collection ${target}`, {
    hint: didYouMean(target, known),
  })
  return null
}

/** In a List only a one-way Ref can stand: a link needs one place of its own in the item. */
function placeFits({ field, config, path, at, parent }: Origin, report: Report): boolean {
  if (!field.inList) return true
  if (parent?.type.name === 'Tuple' || parent?.type.name === 'In') {
    report.error(
      'BACKO_CONFIG_REFERENCE_PLACE',
      path,
      `a ${field.type.name} can't stand in a ${parent.type.name}`,
      {
        hint: 'put it in a field of its own',
      },
    )
    return false
  }
  if (field.type.name === 'RefsList') {
    report.error('BACKO_CONFIG_REFERENCE_PLACE', path, "a RefsList can't stand inside a List", {
      hint: 'move it out of the List, or take `{ type: List, items: { type: Ref, coll: ... } }` there',
    })
    return false
  }
  if (config.field === undefined) return true
  report.error(
    'BACKO_CONFIG_REFERENCE_PLACE',
    at('field'),
    "a Ref inside a List can't have a reverse side",
    {
      hint: 'leave `field` out (a plain one-way Ref), or move the Ref out of the List',
    },
  )
  return false
}

function strategyOf({ config, at }: Origin, many: boolean, report: Report): DeleteStrategy {
  const said = choice(config.ods, STRATEGIES, { path: at('ods'), report })
  if (said !== null && isStrategy(said)) return said
  return !many && config.field !== undefined ? 'UNLINK_REFERENCED_ITEMS' : 'MUST_BE_EMPTY'
}

function choice(
  said: string | undefined,
  choices: readonly string[],
  { path, report }: { readonly path: Origin['path']; readonly report: Report },
): string | null {
  if (said === undefined) return null
  if (choices.includes(said)) return said
  const hint = didYouMean(said, choices) ?? `one of ${choices.join(', ')}`
  report.error('BACKO_CONFIG_UNKNOWN_CHOICE', path, `unknown strategy ${said}`, { hint })
  return null
}

const lengthOf = (option: unknown): number | null => (typeof option === 'number' ? option : null)

/** Until pairs are made; every side that is kept gets its own. */
const NO_RELATION = Object.freeze({}) as Relation
