/**
 * The description of the application for `_meta` (http.md, original.md): what a client needs to draw a form.
 * Static: rules show as "func"; with a `decide` they are worked out for one item and user by the caller.
 */
import { childrenOf } from '../expression/build.ts'
import type { Expr, Step } from '../expression/expr.ts'
import type { Action, Backoffice, Collection, Field, Right, Selection } from './backoffice.ts'

/** What the answer is about. */
export type Asked =
  | { readonly right: 'exists' | 'read' | 'modify'; readonly field: Field }
  | { readonly right: 'read' | 'create' | 'modify' | 'delete'; readonly collection: Collection }
  | { readonly right: 'see' | 'execute'; readonly action: Action }
  | { readonly right: 'read'; readonly selection: Selection }

/** Answers a right for the item and the user in question. */
export type Decide = (right: Right, asked: Asked) => boolean

const FUNC = 'func'

type Answer = boolean | 'func' | null

/** GET `/<app>/_meta`. */
export function describeBackoffice(backoffice: Backoffice): object {
  const { name, description, collections } = backoffice
  return {
    name,
    description,
    collections: [...collections.values()].map((collection) => describeCollection(collection)),
  }
}

/** One collection; POST `/<app>/<coll>/_meta` with `decide`. */
export function describeCollection(collection: Collection, decide?: Decide): object {
  const answer = (right: Right, asked: Asked): Answer => answerOf(right, asked, decide)
  return {
    name: collection.name,
    description: collection.description,
    item: describeField(collection.item, decide),
    rights: {
      read: answer(collection.canRead, { right: 'read', collection }),
      create: answer(collection.canCreate, { right: 'create', collection }),
      modify: answer(collection.canModify, { right: 'modify', collection }),
      delete: answer(collection.canDelete, { right: 'delete', collection }),
    },
    actions: [...collection.actions.values()].map((action) => ({
      name: action.name,
      description: action.description,
      schema: describeField(action.schema),
      rights: {
        see: answer(action.exists, { right: 'see', action }),
        execute: answer(action.canExecute, { right: 'execute', action }),
      },
    })),
    selections: [...collection.selections.values()].map((selection) => ({
      name: selection.name,
      description: selection.description,
      selectors: selection.selectors,
      filter: filterFields(selection),
      rights: { read: answer(selection.canRead, { right: 'read', selection }) },
    })),
    views: [...collection.views.keys()].filter((name) => !name.startsWith('+')),
  }
}

/** One field, and those within it. */
export function describeField(field: Field, decide?: Decide): Record<string, unknown> {
  const { type } = field
  return {
    type: `backo.${type.name}`,
    type_short: type.name,
    description: field.description,
    required: field.required,
    in: field.enum === null ? null : 'values' in field.enum ? field.enum.values : FUNC,
    constraints: field.constraints.map(() => FUNC),
    default: describeDefault(field),
    transform: field.transform === null ? null : FUNC,
    exists: answerOf(field.exists, { right: 'exists', field }, decide) ?? true,
    rights: {
      read: answerOf(field.canRead, { right: 'read', field }, decide),
      modify: answerOf(field.canModify, { right: 'modify', field }, decide),
    },
    ...type.meta(field),
    ...describeContent(field, decide),
  }
}

function describeContent(field: Field, decide?: Decide): object {
  const each = (inner: Field): object => describeField(inner, decide)
  if (field.fields) {
    const entries = [...field.fields].filter(([, { path }]) => path !== '_meta')
    return { sub_scheme: Object.fromEntries(entries.map(([name, inner]) => [name, each(inner)])) }
  }
  if (field.types) return { sub_types: field.types.map(each) }
  if (!field.items) return {}
  const [first] = field.items
  if (field.type.name === 'List') return { sub_type: first ? each(first) : null }
  return { sub_types: field.items.map(each) }
}

function describeDefault({ type, default: said }: Field): unknown {
  if (said === null) return null
  // a secret is not for everyone to see
  return said.kind === 'value' && type.secret !== true ? said.value : FUNC
}

/** The paths that a selection's filter looks at; null when it takes every item. */
function filterFields({ filter }: Selection): readonly string[] | null {
  if (filter === null) return null
  const found = new Set<string>()
  const visit = (expr: Expr): void => {
    if (expr.kind === 'path' && expr.root === 'item') {
      found.add(expr.steps.flatMap(nameOf).join('.'))
    }
    childrenOf(expr).forEach(visit)
  }
  visit(filter)
  return [...found]
}

const nameOf = (step: Step): string[] => {
  if (step.kind === 'key') return [step.name]
  return step.kind === 'linked' ? step.side.split('.').slice(-1) : []
}

/** With `decide` a boolean; else what was said: null, true, false or "func". */
function answerOf(right: Right, asked: Asked, decide: Decide | undefined): Answer {
  if (decide) return decide(right, asked)
  if (right.kind !== 'always') return FUNC
  return right.said ? right.value : null
}
