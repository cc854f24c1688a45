/**
 * One request, tried and explained: what was asked of the rights and with which values, what became of the filter,
 * what the stores were asked and how they go about it. Nothing is kept. Prints nothing.
 */
import type { ConfigSource, Location } from '../config/config.ts'
import type { QueryPlan, Write } from '../connectors/connector.ts'
import { BackoError } from '../errors.ts'
import { exprText } from '../expression/expr-text.ts'
import { TRUE, FALSE, type Expr, type SortKey } from '../expression/expr.ts'
import { filterToExpr } from '../expression/filter.ts'
import { queryToExpr } from '../expression/query.ts'
import type { Model } from '../load-model.ts'
import type { Collection } from '../model/backoffice.ts'
import type { Step, Target } from '../model/test-target.ts'
import { rowRight } from '../operations/authorize.ts'
import type { BatchOperation } from '../operations/batch.ts'
import type { Context } from '../operations/context.ts'
import { and, valid } from '../operations/list.ts'
import { listOptions } from '../operations/query-options.ts'
import { adviceFor } from './advice.ts'
import { neverAsked } from './blame.ts'
import { decisionsOf, type Decision } from './decisions.ts'
import { dryStores, type AskedQuery } from './dry-stores.ts'
import type { Stores } from './given.ts'
import type { Recorder } from './recorder.ts'
import { findOperation, tryRequest, type Outcome, type TriedRequest } from './try-request.ts'

export interface Explanation {
  readonly request: TriedRequest
  readonly outcome: Outcome
  readonly decisions: readonly Decision[]
  /** of a list or a selection */
  readonly list?: ExplainedList
  readonly queries: readonly ExplainedQuery[]
  /** what would have been kept */
  readonly writes: readonly Write[]
}

export interface ExplainedList {
  /** the client's own; null: none */
  readonly filter: string | null
  /** the row right, with the user and the time put in; null: every item may be read */
  readonly right: string | null
  /** where that right stands; absent: it is plainly yes or no */
  readonly location?: Location
  /** both, as the store is asked; null: nothing can match, or everything does */
  readonly where: string | null
}

export interface ExplainedQuery {
  readonly storage: string
  readonly type: string
  readonly collection: string
  readonly where: string | null
  readonly sort: readonly string[]
  /** null: the store can't tell */
  readonly plan: QueryPlan | null
  readonly advice: readonly string[]
  /** how often it was asked: a right that is a hook is asked batch by batch */
  readonly times: number
}

export interface Explaining {
  readonly model: Model
  readonly source: ConfigSource
  readonly recorder: Recorder
  /** open, and only read */
  readonly stores: Stores
  readonly contextOn: (stores: Stores) => Context
}

/** @throws what is a fault of the program, or of a hook */
export async function explainRequest(
  request: TriedRequest,
  { model, source, recorder, stores, contextOn }: Explaining,
): Promise<Explanation> {
  const dry = dryStores(stores, model.backoffice.storage)
  const context = contextOn(dry.stores)
  const [outcome, events] = await recorder.during(() => tryRequest(context, request, model))
  const operation = operationOf(context, request, model)
  const asked = decisionsOf(events, source)
  const blamed = operation && blameOf(operation)
  const bench = { source, model }
  const plain = blamed ? neverAsked({ ...blamed, bench }) : []
  const list = operation && listOf(context, operation, source)
  return {
    request,
    outcome,
    decisions: [...asked, ...plain],
    ...(list ? { list } : {}),
    queries: await queriesOf(dry.queries, stores, model),
    writes: outcome.status < 400 ? dry.writes : [],
  }
}

/** Null where the path leads nowhere: the outcome says so. */
function operationOf(context: Context, request: TriedRequest, model: Model): BatchOperation | null {
  try {
    return findOperation(context, request, model.config.server.prefix).operation
  } catch (error) {
    if (error instanceof BackoError) return null
    throw error
  }
}

function blameOf(
  operation: BatchOperation,
): { readonly step: Step; readonly target: Target } | null {
  if (operation.kind === 'fail') return null
  const { collection } = operation
  const of = { collection, query: '' }
  const item = (id: string): Target => ({ kind: 'item', id, ...of })
  switch (operation.kind) {
    case 'read':
    case 'versions':
      return { step: { kind: 'read' }, target: item(operation.id) }
    case 'list':
      return { step: { kind: 'read' }, target: { kind: 'collection', ...of } }
    case 'create':
      return { step: { kind: 'create' }, target: { kind: 'collection', ...of } }
    case 'update':
    case 'patch':
      return { step: { kind: 'modify' }, target: item(operation.id) }
    case 'delete':
      return { step: { kind: 'delete' }, target: item(operation.id) }
    case 'act': {
      const action = collection.actions.get(operation.action)
      return action ? { step: { kind: 'act', action }, target: item(operation.id) } : null
    }
    case 'select': {
      const selection = collection.selections.get(operation.name)
      const target: Target = { kind: 'collection', ...of }
      return selection ? { step: { kind: 'select', selection }, target } : null
    }
    default:
      return operation satisfies never
  }
}

function listOf(
  context: Context,
  operation: BatchOperation,
  source: ConfigSource,
): ExplainedList | null {
  if (operation.kind !== 'list' && operation.kind !== 'select') return null
  const { canRead } = operation.collection
  try {
    const filter = filterOf(context, operation)
    const right = rowRight(context, canRead)
    return {
      filter: filter === TRUE ? null : exprText(filter),
      right: right === null ? null : exprText(right),
      ...(canRead.kind === 'rule' ? { location: source.locate(canRead.rule.path) } : {}),
      where: right === FALSE ? null : whereText(and(filter, right)),
    }
  } catch (error) {
    // the outcome tells what is wrong with the query
    if (error instanceof BackoError) return null
    throw error
  }
}

type ListOperation = Extract<BatchOperation, { kind: 'list' | 'select' }>

function filterOf(context: Context, operation: ListOperation): Expr {
  const { collection, query } = operation
  const scope = context.running.backoffice.scope(collection.name)
  const own = valid(queryToExpr(listOptions(collection, query).filters, scope))
  if (operation.kind === 'list') return own
  const named = selectionFilter(collection, operation.name)
  const further = operation.body === undefined ? TRUE : valid(filterToExpr(operation.body, scope))
  return [named, further].reduce((all, each) => (each === TRUE ? all : and(all, each)), own)
}

const selectionFilter = ({ selections }: Collection, name: string): Expr =>
  selections.get(name)?.filter ?? TRUE

const whereText = (where: Expr): string | null => (where === TRUE ? null : exprText(where))

async function queriesOf(
  queries: readonly AskedQuery[],
  stores: Stores,
  { config, backoffice }: Model,
): Promise<readonly ExplainedQuery[]> {
  const found = new Map<string, ExplainedQuery>()
  for (const { storage, query } of queries) {
    const { collection, sort } = query
    const where = query.where === null ? null : exprText(query.where)
    const key = JSON.stringify([storage, collection, where, sort.map(sortText)])
    const known = found.get(key)
    if (known) {
      found.set(key, { ...known, times: known.times + 1 })
      continue
    }
    const plan = (await stores.get(storage)?.explain?.(query)) ?? null
    found.set(key, {
      storage,
      type: config.storage[storage]?.type ?? '',
      collection,
      where,
      sort: sort.map(sortText),
      plan,
      advice: plan ? adviceFor(query, plan, backoffice) : [],
      times: 1,
    })
  }
  return [...found.values()]
}

const sortText = ({ expr, descending }: SortKey): string =>
  `${descending ? '-' : ''}${exprText(expr)}`
