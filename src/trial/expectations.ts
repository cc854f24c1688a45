/**
 * What a test expects, one by one: each is a request of its own and a judgement of its answer.
 * Knows the words of tests; the requests are made by try-request.ts.
 */
import type { ConfigPath, StepConfig, TestConfig } from '../config/config.ts'
import type { Collection } from '../model/backoffice.ts'
import { plainPath } from '../model/check-tests.ts'
import { readStep, type Step, type Target } from '../model/test-target.ts'
import type { Bench, ExpectationResult } from './bench.ts'
import { whatDecided, whyShown } from './blame.ts'
import type { Decision } from './decisions.ts'
import type { Event } from './recorder.ts'
import { tryRequest, type Outcome, type TriedRequest } from './try-request.ts'

export interface Expectation {
  readonly ask: (bench: Bench) => Promise<ExpectationResult>
}

export function expectationsOf(
  test: TestConfig,
  target: Target,
  at: ConfigPath,
): readonly Expectation[] {
  const steps = (['can', 'cannot'] as const).flatMap((side) =>
    test[side].map((said, i) => stepExpectation({ said, side, target, at: [...at, side, i] })),
  )
  const isList = target.kind === 'collection' || target.kind === 'selection'
  const shown = isList ? listExpectations(test, target, at) : fieldExpectations(test, target, at)
  return [...steps, ...shown]
}

/** A request on stores of its own, and what was asked meanwhile. */
export interface Tried extends Outcome {
  readonly events: readonly Event[]
}

async function tried(bench: Bench, request: TriedRequest): Promise<Tried> {
  const context = bench.contextOn(await bench.fresh())
  const [outcome, events] = await bench.recorder.during(() => faultless(bench, context, request))
  return { ...outcome, events }
}

/** A hook that fails is an answer too: 500, as HTTP has it. */
async function faultless(
  bench: Bench,
  context: ReturnType<Bench['contextOn']>,
  request: TriedRequest,
): Promise<Outcome & { readonly fault?: string }> {
  try {
    return await tryRequest(context, request, bench.model)
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : null
    return { status: 500, text: `${String(error)}${cause ? `: ${cause.message}` : ''}` }
  }
}

interface StepPlace {
  readonly said: StepConfig
  readonly side: 'can' | 'cannot'
  readonly target: Target
  readonly at: ConfigPath
}

function stepExpectation({ said, side, target, at }: StepPlace): Expectation {
  return {
    ask: async (bench) => {
      const step = readStep(said, target)
      if ('message' in step) throw new Error(step.message)
      const answer = await tried(bench, requestOf(step, said, target, bench))
      const message = side === 'can' ? notAble(answer, said) : notRefused(answer, said)
      const isNoted = side === 'cannot' && message === null && said.because === undefined
      const note = isNoted ? otherRefusal(answer) : null
      const told = message ?? note
      const path = said.body === undefined ? at : [...at, ...said.what]
      return {
        text: `${side} ${said.what.join()}${said.body === undefined ? '' : ` ${short(said.body)}`} ${nameOf(target)}`,
        location: bench.source.locate(path, { at: 'key' }),
        ok: message === null,
        ...(told === null ? {} : { message: told }),
        decisions: message === null ? [] : whatDecided(answer, { step, target, bench }),
      }
    },
  }
}

const short = (body: unknown): string => {
  const text = JSON.stringify(body)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

const nameOf = (target: Target): string =>
  'id' in target ? `${target.collection.name}/${target.id}` : target.collection.name

/** The request that a step stands for. */
export function requestOf(
  step: Step,
  { body }: Pick<StepConfig, 'body'>,
  target: Target,
  bench: Pick<Bench, 'model'>,
): TriedRequest {
  const path = pathOf(target, bench)
  const id = 'id' in target ? `/${encodeURIComponent(target.id)}` : ''
  const query = target.query === '' ? '' : `?${target.query}`
  switch (step.kind) {
    case 'read':
      return { method: 'GET', path: `${path}${id}${query}` }
    case 'create':
      return { method: 'POST', path: `${path}${query}`, body: body ?? {} }
    case 'modify':
      return { method: 'PUT', path: `${path}${id}${query}`, body: body ?? {} }
    case 'delete':
      return { method: 'DELETE', path: `${path}${id}${query}` }
    case 'act':
      return {
        method: 'POST',
        path: `${path}/_actions/${encodeURIComponent(step.action.name)}${id}${query}`,
        body: body ?? {},
      }
    case 'select': {
      const at = `${path}/_selections/${encodeURIComponent(step.selection.name)}${query}`
      return body === undefined ? { method: 'GET', path: at } : { method: 'POST', path: at, body }
    }
  }
}

const pathOf = (
  { collection }: { readonly collection: Collection },
  { model }: Pick<Bench, 'model'>,
): string => `/${model.backoffice.name}/${collection.name}`

const REFUSED_BY_RIGHT = [401, 403, 404]

/** Null: it holds. Without a body only the right is asked, and what the body lacks says nothing. */
function notAble({ status, error, text }: Tried, { body }: StepConfig): string | null {
  if (status < 400) return null
  if (status === 400 && body === undefined) return null
  return `but got ${status}: ${error?.message ?? text ?? ''}`
}

function notRefused({ status, error, text }: Tried, { body, because }: StepConfig): string | null {
  if (status >= 500) return `but got ${status}: ${error?.message ?? text ?? ''}`
  const given = status < 400 || (status === 400 && body === undefined)
  if (given) return status < 400 ? `but it did (${status})` : 'but the right is given'
  if (because === undefined || because === status) return null
  const told = error?.message ?? ''
  if (typeof because === 'string' && told.includes(because)) return null
  return `but for another reason, ${status}: ${told}`
}

/** So that nobody takes a slip in a body for a right that works. */
const otherRefusal = ({ status, error }: Tried): string | null =>
  REFUSED_BY_RIGHT.includes(status) ? null : `${status}: ${error?.message ?? ''}`

/** The fields that one item shows. */
function fieldExpectations(
  test: TestConfig,
  target: Target,
  at: ConfigPath,
): readonly Expectation[] {
  const one = (side: 'sees' | 'hides', name: string, i: number): Expectation => ({
    ask: async (bench) => {
      const step: Step = { kind: 'read' }
      const answer = await tried(bench, requestOf(step, {}, target, bench))
      const path = plainPath(name)
      const message = shownFault(answer, side, path)
      return {
        text: `${side} ${path} of ${nameOf(target)}`,
        location: bench.source.locate([...at, side, i]),
        ok: message === null,
        ...(message === null ? {} : { message }),
        decisions:
          message === null ? [] : whatDecided(answer, { step, target, bench, field: path }),
      }
    },
  })
  return (['sees', 'hides'] as const).flatMap((side) =>
    (test[side] ?? []).map((name, i) => one(side, name, i)),
  )
}

function shownFault(
  { status, text, error }: Tried,
  side: 'sees' | 'hides',
  path: string,
): string | null {
  if (status >= 400) {
    const more = side === 'hides' ? '; if that is meant, say `cannot: [read]`' : ''
    return `but it can't be read, ${status}: ${error?.message ?? ''}${more}`
  }
  const shown = isShown(JSON.parse(text ?? 'null'), path.split('.'))
  if (side === 'sees') return shown ? null : 'but it is not shown'
  return shown ? 'but it is shown' : null
}

function isShown(value: unknown, keys: readonly string[]): boolean {
  const [key, ...rest] = keys
  if (key === undefined) return true
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false
  return isShown((value as Record<string, unknown>)[key], rest)
}

/** The items that a list shows: all of them, page by page. */
function listExpectations(
  test: TestConfig,
  target: Target,
  at: ConfigPath,
): readonly Expectation[] {
  const { sees, hides } = test
  const expectations: Expectation[] = []
  const one = (side: 'sees' | 'hides', ids: readonly string[], fault: Judge): Expectation => ({
    ask: async (bench) => {
      const answer = await listed(bench, target)
      const wrong = answer.ids === null ? [] : fault(answer.ids)
      const message =
        answer.ids === null
          ? `but it can't be read, ${answer.status}: ${answer.error?.message ?? ''}`
          : wrong.length === 0
            ? null
            : `but ${answer.ids.length === 0 ? 'nothing is shown' : `shows ${answer.ids.join(', ')}`}`
      // the store has asked the right of all items at once: of one by one it is told, and counted
      const each = await readEach(bench, target, idsGiven(test, target))
      const step: Step =
        target.kind === 'selection'
          ? { kind: 'select', selection: target.selection }
          : { kind: 'read' }
      const blamed = { step, target, bench }
      const why = (): readonly Decision[] =>
        answer.ids === null
          ? whatDecided(answer, blamed)
          : each.flatMap(({ id, events }) => (wrong.includes(id) ? whyShown(events, blamed) : []))
      return {
        text: `${side} ${ids.length === 0 ? 'nothing' : ids.join(', ')} in ${nameOf(target)}`,
        location: bench.source.locate([...at, side], { at: 'key' }),
        ok: message === null,
        ...(message === null ? {} : { message }),
        decisions: message === null ? [] : why(),
      }
    },
  })
  if (sees) expectations.push(one('sees', sees, (ids) => difference(sees, ids)))
  if (hides.length > 0)
    expectations.push(one('hides', hides, (ids) => hides.filter((id) => ids.includes(id))))
  return expectations
}

/** The ids at fault. */
type Judge = (shown: readonly string[]) => readonly string[]

const difference = (wanted: readonly string[], shown: readonly string[]): readonly string[] => [
  ...wanted.filter((id) => !shown.includes(id)),
  ...shown.filter((id) => !wanted.includes(id)),
]

const idsGiven = ({ given }: TestConfig, { collection }: Target): readonly string[] =>
  (Object.hasOwn(given, collection.name) ? (given[collection.name] ?? []) : []).map(({ _id }) =>
    String(_id),
  )

async function listed(
  bench: Bench,
  target: Target,
): Promise<Tried & { readonly ids: readonly string[] | null }> {
  const all = {
    ...target,
    query: [target.query, '_page=0'].filter((part) => part !== '').join('&'),
  }
  const asked = /(^|&)_page=/.test(target.query) ? target : all
  const step: Step =
    target.kind === 'selection' ? { kind: 'select', selection: target.selection } : { kind: 'read' }
  const answer = await tried(bench, requestOf(step, {}, asked, bench))
  if (answer.status >= 400) return { ...answer, ids: null }
  const { result } = JSON.parse(answer.text ?? '{"result":[]}') as {
    readonly result: readonly unknown[]
  }
  return { ...answer, ids: result.map(idOf) }
}

/** Of an item, or of a row: its first value. */
const idOf = (row: unknown): string =>
  String(Array.isArray(row) ? row[0] : (row as { readonly _id?: unknown } | null)?._id)

async function readEach(
  bench: Bench,
  target: Target,
  ids: readonly string[],
): Promise<readonly (Tried & { readonly id: string })[]> {
  const context = bench.contextOn(await bench.fresh())
  const reads: (Tried & { readonly id: string })[] = []
  for (const id of ids) {
    const path = `${pathOf(target, bench)}/${encodeURIComponent(id)}`
    const [outcome, events] = await bench.recorder.during(() =>
      faultless(bench, context, { method: 'GET', path }),
    )
    reads.push({ ...outcome, events, id })
  }
  return reads
}
