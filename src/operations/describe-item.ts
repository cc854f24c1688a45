/**
 * POST `<coll>/_meta`: the collection's description with `exists` and `rights` worked out for an item and this
 * user. Rights may be hooks, and rules may pass references: all are asked first, then the description is made.
 */
import type { DictValue, Value } from '../expression/expr.ts'
import type { Collection, Field, Right } from '../model/backoffice.ts'
import { describeCollection, describeField, type Asked, type Decide } from '../model/describe.ts'
import { allowed } from './authorize.ts'
import type { Context } from './context.ts'
import { asDict } from './input.ts'
import { partialItem } from './partial-item.ts'
import { readableIds } from './readable.ts'
import { UnitOfWork } from './unit-of-work.ts'
import { isSaid } from './write-plan.ts'

/** JSON text. `body` is a (partial) item; nothing is as good as `{}`. */
export async function describeForItem(
  ctx: Context,
  collection: Collection,
  body: unknown,
): Promise<string> {
  const uow = new UnitOfWork(ctx)
  const { doc } = await partialItem(uow, collection, asDict(body ?? {}))
  const id = await knownId(uow, collection, doc['_id'] ?? null)
  const decide = await decider(uow, { id, doc }, (ask) => describe(collection, ask))
  return JSON.stringify(describe(collection, decide))
}

/** What is linked to an item is asked by its id: only of one that this user may read. */
async function knownId(uow: UnitOfWork, collection: Collection, id: Value): Promise<string | null> {
  if (typeof id !== 'string') return null
  const there = (await uow.load(collection, [id])).some((entry) => entry !== null)
  return there && (await readableIds(uow, collection, [id])).has(id) ? id : null
}

/** An action that does not exist for the item is not offered. */
function describe(collection: Collection, decide: Decide): object {
  const description = describeCollection(collection, inheriting(decide, collection.item)) as {
    readonly actions: readonly {
      readonly name: string
      readonly rights: { readonly see: boolean }
    }[]
  }
  const actions = description.actions.flatMap((action) => {
    const schema = collection.actions.get(action.name)?.schema
    return action.rights.see && schema ? { ...action, schema: describeField(schema, asSaid) } : []
  })
  return { ...description, actions }
}

/** Arguments are not there yet: what depends on them may be. */
const asSaid: Decide = (right) => right.kind !== 'always' || right.value

/**
 * What a Dict does not let through, none of its fields has, but for the right to modify that a field has of its
 * own; what the program sets, nobody modifies.
 */
function inheriting(decide: Decide, root: Field): Decide {
  const answers = new Map<Field, Map<string, boolean>>()
  const parents = parentsIn(root)
  return (right, asked) => {
    const own = decide(right, asked)
    if (!('field' in asked)) return own
    const { field, right: name } = asked
    const parent = parents.get(field)
    const alone = parent === undefined || (name === 'modify' && isSaid(right))
    const above = alone || answers.get(parent)?.get(name) !== false
    const kept = name === 'modify' && (field.set !== null || field.path === '_id')
    const answer = own && above && !kept
    const known = answers.get(field) ?? new Map<string, boolean>()
    answers.set(field, known.set(name, answer))
    return answer
  }
}

function parentsIn(root: Field): ReadonlyMap<Field, Field> {
  const parents = new Map<Field, Field>()
  const visit = (field: Field): void => {
    const inner = [
      ...(field.fields?.values() ?? []),
      ...(field.items ?? []),
      ...(field.types ?? []),
    ]
    for (const each of inner) {
      parents.set(each, field)
      visit(each)
    }
  }
  visit(root)
  return parents
}

/** Every right that the description asks for, answered ahead. */
async function decider(
  uow: UnitOfWork,
  { id, doc }: { readonly id: string | null; readonly doc: DictValue },
  describeWith: (decide: Decide) => object,
): Promise<Decide> {
  const wanted: { readonly right: Right; readonly asked: Asked }[] = []
  describeWith((right, asked) => wanted.push({ right, asked }) > 0)
  const answers = new Map<object, Map<string, boolean>>()
  for (const { right, asked } of wanted) {
    const subject = subjectOf(asked)
    const known = answers.get(subject) ?? new Map<string, boolean>()
    answers.set(subject, known)
    if (known.has(asked.right)) continue
    const item = 'selection' in asked ? null : doc
    const name = rightName(asked)
    const next = name === 'modify' ? { next: doc } : {}
    known.set(asked.right, await allowed(uow, right, { name, id, item, ...next }))
  }
  return (_right, asked) => answers.get(subjectOf(asked))?.get(asked.right) ?? false
}

/** To run `restore` is to modify what is there, else to create. */
function rightName(asked: Asked): string {
  if (!('action' in asked) || asked.right !== 'execute' || asked.action.builtIn === null)
    return asked.right
  return asked.action.schema.fields?.has('version') ? 'modify' : 'create'
}

function subjectOf(asked: Asked): object {
  if ('field' in asked) return asked.field
  if ('action' in asked) return asked.action
  return 'selection' in asked ? asked.selection : asked.collection
}
