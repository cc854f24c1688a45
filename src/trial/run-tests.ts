/**
 * Runs the tests of a file (config.md "tests"): each step alone, on stores in memory that hold what is given, through
 * the same operations as HTTP. Prints nothing.
 */
import { BadIdentity } from '../auth/user-of.ts'
import type { ConfigPath, ConfigSource, Location, TestConfig } from '../config/config.ts'
import type { Model } from '../load-model.ts'
import type { Backoffice } from '../model/backoffice.ts'
import { readTarget } from '../model/test-target.ts'
import type { CurrentUser, OperationLog } from '../operations/context.ts'
import { makeContext } from '../operations/make-context.ts'
import type { Bench, ExpectationResult } from './bench.ts'
import { SYSTEM } from '../operations/hooks/program.ts'
import { BadGiven, stockUp, type FreshStores } from './given.ts'
import type { Recorder } from './recorder.ts'
import { expectationsOf, type Expectation } from './expectations.ts'
import { userAs } from './try-request.ts'

export interface TestResult {
  readonly name: string
  readonly location: Location
  /** how the user is called in words */
  readonly as: string
  readonly ok: boolean
  readonly milliseconds: number
  readonly results: readonly ExpectationResult[]
}

export interface TestRun {
  readonly model: Model
  readonly source: ConfigSource
  readonly recorder: Recorder
  /** a part of the name; absent: all */
  readonly filter?: string
}

export const nameOfTest = ({ name, on }: TestConfig, index: number): string =>
  name ?? `test ${index + 1}, on ${on}`

/** One after the other, as the file has them. */
export async function* runTests(run: TestRun): AsyncGenerator<TestResult> {
  const { config } = run.model
  const stocks = stocksOf(run)
  for (const [index, test] of config.tests.entries()) {
    const name = nameOfTest(test, index)
    if (run.filter !== undefined && !name.toLowerCase().includes(run.filter.toLowerCase())) continue
    const began = performance.now()
    const results = await resultsOf(test, ['tests', index], { ...run, stocks })
    yield {
      name,
      as: whoIs(test),
      location: run.source.locate(['tests', index], { at: 'key' }),
      ok: results.every((result) => result.ok),
      milliseconds: performance.now() - began,
      results,
    }
  }
}

const SILENT: OperationLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
}

/** What is given to several tests is made once: a hash of a password takes longer than all the rest. */
type Stocks = (given: TestConfig['given']) => Promise<FreshStores>

function stocksOf({ model, recorder }: TestRun): Stocks {
  const made = new Map<string, Promise<FreshStores>>()
  return (given) => {
    const key = JSON.stringify(given)
    let stock = made.get(key)
    if (!stock)
      made.set(key, (stock = stockUp(given, model.backoffice, contexts(model, recorder, SYSTEM))))
    return stock
  }
}

async function resultsOf(
  test: TestConfig,
  at: ConfigPath,
  { model, source, recorder, stocks }: TestRun & { readonly stocks: Stocks },
): Promise<readonly ExpectationResult[]> {
  const { backoffice } = model
  const broken = (path: ConfigPath, message: string): readonly ExpectationResult[] => [
    { text: 'is set up', location: source.locate(path), ok: false, message, decisions: [] },
  ]
  try {
    const user = userAs(test.as, backoffice)
    const contextOn = contexts(model, recorder, user)
    const fresh = await stocks(test.given)
    const bench: Bench = { model, source, recorder, fresh, contextOn }
    const results: ExpectationResult[] = []
    for (const expectation of expectationsIn(test, at, backoffice))
      results.push(await expectation.ask(bench))
    return results
  } catch (error) {
    if (error instanceof BadIdentity) return broken([...at, 'as'], error.message)
    if (!(error instanceof BadGiven)) throw error
    const path = [...at, 'given', error.collection, error.index]
    return broken(path, `this item can't be: ${error.message}`)
  }
}

function expectationsIn(
  test: TestConfig,
  at: ConfigPath,
  backoffice: Backoffice,
): readonly Expectation[] {
  const target = readTarget(test.on, backoffice)
  // said by `validate` before
  return 'message' in target ? [] : expectationsOf(test, target, at)
}

const contexts = (
  { backoffice, hooks, config }: Model,
  recorder: Recorder,
  user: CurrentUser,
): Bench['contextOn'] => {
  return (connectors) => {
    const running = { backoffice, connectors, hooks, hookTimeout: config.server.hook_timeout }
    const now = new Date().toISOString()
    const context = makeContext({ running, user, now, log: SILENT })
    return { ...context, runHook: recorder.hooks(context.runHook), trial: true }
  }
}

/** `u1 (EMPLOYEE)`, `EMPLOYEE`, `anonymous`. */
function whoIs({ as }: TestConfig): string {
  if (!as) return 'anonymous'
  const roles = Array.isArray(as['roles']) ? as['roles'].join(', ') : ''
  const id = typeof as['_id'] === 'string' ? as['_id'] : ''
  if (id === '') return roles === '' ? 'somebody' : roles
  return roles === '' ? id : `${id} (${roles})`
}
