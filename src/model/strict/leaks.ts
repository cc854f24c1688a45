/**
 * Fields hidden by `can_read` whose value gets out another way: through a computed field, a default, a rule whose answer
 * tells of it, the filter of a selection, an action, an `_id`, or the other side of a link.
 */
import type { ConfigPath } from '../../config/config.ts'
import type { Expr } from '../../expression/expr.ts'
import type { Backoffice, Collection, Field, Right } from '../backoffice.ts'
import type { Report } from '../report.ts'
import { isAlways } from '../rights.ts'
import { within } from '../within.ts'
import { fieldsRead } from './fields-read.ts'
import { placeOf, wordsOf } from './place.ts'

interface Way {
  readonly expr: Expr
  readonly at: ConfigPath
  /** `the computed field total shows` */
  readonly words: string
  /** who sees it */
  readonly rights: readonly Right[]
}

export function lintLeaks(model: Backoffice, report: Report): void {
  for (const collection of model.collections.values()) {
    for (const way of waysOut(collection)) tellWay(way, collection, { model, report })
    lintSides(collection, model, report)
  }
}

interface Lint {
  readonly model: Backoffice
  readonly report: Report
}

function tellWay(way: Way, collection: Collection, { model, report }: Lint): void {
  const seen = new Set(way.rights.map(wordsOf))
  for (const read of fieldsRead(way.expr, collection.name, model)) {
    const { canRead } = read.field
    // who sees the one may see the other
    if (isAlways(canRead) || seen.has(wordsOf(canRead)) || way.rights.some(isNever)) continue
    report.warning(
      'BACKO_CONFIG_LEAK',
      way.at,
      `${way.words} ${read.collection}.${read.field.path}, which not everybody may read`,
      { hint: `give it the same right: \`can_read: ${wordsOf(canRead)}\`` },
    )
  }
}

const isNever = (right: Right): boolean => right.kind === 'always' && !right.value

function waysOut(collection: Collection): readonly Way[] {
  const { name, canRead, id } = collection
  const fields = within(collection.item).filter(({ path }) => path !== '')
  return [
    ...fields.flatMap((field) => waysOfField(collection, field)),
    ...(id.kind === 'rule'
      ? [
          {
            expr: id.rule.expr,
            at: ['collections', name, 'id'],
            words: `the _id of ${name} is made of`,
            rights: [canRead],
          },
        ]
      : []),
    ...waysOfSelections(collection),
    ...waysOfActions(collection),
  ]
}

function waysOfField(collection: Collection, field: Field): readonly Way[] {
  const { name } = collection
  const { path } = field
  const rights = rightsTo(collection, path)
  const way = (expr: Expr, key: string, words: string): Way => ({
    expr,
    at: placeOf(name, path, key),
    words,
    rights,
  })
  return [
    ...(field.set ? [way(field.set.rule.expr, 'set', `the computed ${name}.${path} shows`)] : []),
    ...(field.default?.kind === 'rule'
      ? [way(field.default.rule.expr, 'default', `the default of ${name}.${path} shows`)]
      : []),
    ...field.constraints.map(({ rule }) =>
      way(rule.expr, 'constraints', `trying values of ${name}.${path} out tells of`),
    ),
    ...(field.enum && 'rule' in field.enum
      ? [way(field.enum.rule.expr, 'enum', `trying values of ${name}.${path} out tells of`)]
      : []),
  ]
}

function waysOfSelections({ name, canRead, selections }: Collection): readonly Way[] {
  return [...selections.values()].flatMap(({ name: selection, filter, canRead: right }) =>
    filter === null
      ? []
      : [
          {
            expr: filter,
            at: ['collections', name, 'selections', selection, 'filter'],
            words: `what the selection ${selection} gives tells of`,
            rights: [canRead, right],
          },
        ],
  )
}

function waysOfActions(collection: Collection): readonly Way[] {
  const { name, actions } = collection
  return [...actions.values()].flatMap(({ name: action, set, canExecute }) =>
    set.map(({ path, rule }) => ({
      expr: rule.expr,
      at: ['collections', name, 'actions', action, 'set'],
      words: `the action ${action} puts into ${path}`,
      rights: [...rightsTo(collection, path), canExecute],
    })),
  )
}

/** Of the collection, the Dicts on the way, and the field. */
function rightsTo({ canRead, fieldAt }: Collection, path: string): readonly Right[] {
  const parts = path.replace(/^\$\./, '').split('.')
  const fields = parts.map((_part, index) => fieldAt.get(parts.slice(0, index + 1).join('.')))
  return [canRead, ...fields.flatMap((field) => field?.canRead ?? [])]
}

/** Who may not see whom an item refers to may see it from there. */
function lintSides(collection: Collection, model: Backoffice, report: Report): void {
  for (const side of collection.sides) {
    const { reverse } = side
    const target = model.collections.get(side.target)
    const field = collection.fieldAt.get(side.path)
    if (!reverse || !target || !field || isAlways(field.canRead)) continue
    const rights = rightsTo(target, reverse.path)
    if (rights.some((right) => isNever(right) || wordsOf(right) === wordsOf(field.canRead)))
      continue
    report.warning(
      'BACKO_CONFIG_LEAK',
      placeOf(reverse.collection, reverse.path),
      `${reverse.name} shows from the other side what ${side.name} hides`,
      { at: 'key', hint: `give it the same right: \`can_read: ${wordsOf(field.canRead)}\`` },
    )
  }
}
