/**
 * POST `_actions/<action>/<_id>`: a named change of one item. Its arguments are checked as a body is; once
 * `can_execute` said yes it runs with the system's rights, in one transaction.
 */
import { BackoError, backoError, invalid } from '../errors.ts'
import { rootsOf } from '../expression/bind.ts'
import type { DictValue, Value } from '../expression/expr.ts'
import type { Action, Collection } from '../model/backoffice.ts'
import { accept } from '../model/values/accept.ts'
import { nearest } from '../nearest.ts'
import { readArguments } from './action-arguments.ts'
import { answerItem } from './answer.ts'
import { allowed, authorize } from './authorize.ts'
import { keysOf, setAt } from './at-path.ts'
import type { Context, Pairs } from './context.ts'
import { hookResult } from './hooks/hook-result.ts'
import { restoreIn } from './history/restore.ts'
import { asDict } from './input.ts'
import { loadAhead } from './load-ahead.ts'
import { showOptions } from './query-options.ts'
import { readable } from './read.ts'
import { transact } from './transaction.ts'
import { modifyEntry, readForChange } from './update.ts'
import type { Entry, UnitOfWork } from './unit-of-work.ts'

export interface ActionInput {
  readonly action: string
  readonly id: string
  /** the arguments; nothing is as good as `{}` */
  readonly body: unknown
  readonly query: Pairs
}

/** JSON text: what the hook returns, else the item in view client. */
export const runAction = (
  ctx: Context,
  collection: Collection,
  input: ActionInput,
): Promise<string> => transact(ctx, (uow) => actionIn(uow, collection, input))

/** Gives what makes the answer, once it is kept. */
export async function actionIn(
  uow: UnitOfWork,
  collection: Collection,
  input: ActionInput,
): Promise<() => Promise<string>> {
  const action = actionNamed(collection, input.action)
  if (action.builtIn === 'restore') return restoreIn(uow, collection, action, input)
  const options = showOptions(collection, input.query)
  const entry = await itemOf(uow, collection, action, input)
  const what = `run ${action.name} on ${collection.name}/${entry.id}`
  const asked = { id: entry.id, item: entry.doc }
  if (!(await allowed(uow, action.exists, { ...asked, name: 'see' }))) {
    // to log in would not help
    throw backoError('BACKO_RIGHT_DENIED', `${collection.name}/${entry.id} has no ${action.name}`)
  }
  const args = await readArguments(uow, action, input.body)
  // a right that looks at arguments says nothing of those that are none
  const asksFaulty = args.errors.length > 0 && asksArguments(action)
  const execute = { ...asked, name: 'execute', action: args.doc }
  if (!asksFaulty) await authorize(uow, action.canExecute, execute, what)
  if (args.errors.length > 0) throw invalid(args.errors)
  await readForChange(uow, entry)
  const result = await perform(uow, entry, action, args.doc)
  const answer = result === undefined ? null : hookResult(uow, result)
  return async () => {
    if (answer) return answer()
    if (!entry.doc) return JSON.stringify({ _id: entry.id })
    const { canRead } = collection
    const seen = await allowed(uow, canRead, { name: 'read', id: entry.id, item: entry.doc })
    return seen ? (await answerItem(uow, entry, options)).text : JSON.stringify({ _id: entry.id })
  }
}

/** As the original: arguments that fit no item are told even where there is none. */
async function itemOf(
  uow: UnitOfWork,
  collection: Collection,
  { schema }: Action,
  { id, body }: ActionInput,
): Promise<Entry> {
  try {
    return await readable(uow, collection, id)
  } catch (error) {
    if (!(error instanceof BackoError) || error.status !== 404) throw error
    const { errors } = accept(schema, null, asDict(body ?? {}), { env: uow.env({}) })
    throw errors.length > 0 ? invalid(errors) : error
  }
}

function actionNamed(collection: Collection, name: string): Action {
  const action = collection.actions.get(name)
  if (action) return action
  const word = nearest(name, collection.actions.keys())
  throw backoError('BACKO_REQUEST_NOT_FOUND', `no action ${name} in ${collection.name}`, {
    hint: word && `did you mean ${word}?`,
  })
}

const asksArguments = ({ canExecute }: Action): boolean =>
  canExecute.kind === 'rule' && rootsOf(canExecute.rule.expr).roots.has('action')

async function perform(
  uow: UnitOfWork,
  entry: Entry,
  action: Action,
  args: DictValue,
): Promise<unknown> {
  const { collection } = entry
  if (action.set.length > 0)
    await modifyEntry(uow, entry, await changesOf(uow, entry, action, args), { system: true })
  if (action.hook === null) return undefined
  const call = { name: action.hook, context: { action: args }, item: { collection, entry } }
  return (await uow.ctx.runHook(uow, call)).result
}

/** All expressions see the item as it was. */
async function changesOf(
  uow: UnitOfWork,
  entry: Entry,
  action: Action,
  args: DictValue,
): Promise<DictValue> {
  const item = entry.doc ?? {}
  const exprs = action.set.flatMap(({ rule }) => (rule.crossesReferences ? rule.expr : []))
  await loadAhead(uow, exprs, { item: [{ id: entry.id, doc: item }] })
  const env = uow.env({ item, action: args, value: null })
  let body: DictValue = {}
  for (const { path, rule } of action.set) {
    const value: Value = rule.evaluate(env)
    body = setAt(body, keysOf(path), value)
  }
  return body
}
