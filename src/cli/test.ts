/** `backo test`: runs the tests of a backo.yaml, on stores in memory, whatever its storage says. */
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Location } from '../config/config.ts'
import { loadModel, type LoadedModel, type Model } from '../load-model.ts'
import { ConfigError, StartError } from '../start-errors.ts'
import { measureCoverage, type Covered } from '../trial/coverage.ts'
import type { Decision } from '../trial/decisions.ts'
import { createRecorder } from '../trial/recorder.ts'
import { runTests, type TestResult } from '../trial/run-tests.ts'
import { printable, type TextContext } from './decision-text.ts'
import { EXIT } from './exit-codes.ts'
import { junit } from './junit.ts'
import { complainAbout } from './start-failure.ts'
import { coverageText, isCovered, testText, totalsText } from './test-text.ts'
import { complain, hasColor, painter, type Terminal } from './terminal.ts'

export interface TestOptions {
  /** a part of the name */
  readonly filter?: string
  readonly json?: boolean
  /** a file */
  readonly junit?: string
  /** rules that are not covered, and tests that are not there, count */
  readonly strict?: boolean
}

/** 0, 1 when a test failed (or, strict, a rule is not covered), 2 when they could not run. */
export async function test(
  terminal: Terminal,
  file: string,
  options: TestOptions,
): Promise<number> {
  try {
    const recorder = createRecorder()
    const loaded = await loadModel(file, { env: terminal.env, watch: recorder.watch })
    const { model, source, findings } = loaded
    if (!model) throw new ConfigError(findings, source)
    const coverage = measureCoverage(model.backoffice, source)
    recorder.tell(coverage.tally)
    const context = contextOf(terminal, loaded)
    const results: TestResult[] = []
    const filter = options.filter === undefined ? {} : { filter: options.filter }
    for await (const result of runTests({ model, source, recorder, ...filter })) {
      results.push(result)
      if (!options.json) terminal.out.write(testText(result, context))
    }
    if (results.length === 0) return nothingRan(terminal, model, options)
    const covered = coverage.report()
    if (options.junit !== undefined)
      await save(
        resolve(terminal.cwd, options.junit),
        junit(model.config.name, results, terminal.cwd),
      )
    if (options.json) terminal.out.write(`${JSON.stringify(asJson(results, covered), null, 2)}\n`)
    else showEnd(terminal, { results, covered, options, context })
    return exitCode(results, covered, options)
  } catch (error) {
    return complainAbout(terminal, error)
  }
}

const contextOf = (terminal: Terminal, { source }: LoadedModel): TextContext => ({
  paint: painter(hasColor(terminal, terminal.out)),
  source,
  cwd: terminal.cwd,
})

function nothingRan(terminal: Terminal, { config }: Model, { filter }: TestOptions): number {
  if (config.tests.length === 0)
    complain(
      terminal,
      'there are no tests in this file',
      'A first one: `tests: [{ on: a_collection, cannot: create }]`; more under "Testing rights" in the README of backo',
    )
  else complain(terminal, `no test has ${JSON.stringify(printable(filter ?? ''))} in its name`)
  return EXIT.failed
}

async function save(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text)
  } catch (error) {
    throw new StartError(`${file} can't be written`, { cause: error, hint: String(error) })
  }
}

interface End {
  readonly results: readonly TestResult[]
  readonly covered: readonly Covered[]
  readonly options: TestOptions
  readonly context: TextContext
}

function showEnd(terminal: Terminal, { results, covered, options, context }: End): void {
  const totals = {
    tests: results.length,
    failed: failedOf(results),
    expectations: results.reduce((sum, each) => sum + each.results.length, 0),
    milliseconds: results.reduce((sum, each) => sum + each.milliseconds, 0),
  }
  terminal.out.write(totalsText(totals, context))
  // some of the tests say nothing of the rest
  if (options.filter === undefined) terminal.out.write(coverageText(covered, context))
}

const failedOf = (results: readonly TestResult[]): number =>
  results.filter((result) => !result.ok).length

function exitCode(
  results: readonly TestResult[],
  covered: readonly Covered[],
  { strict, filter }: TestOptions,
): number {
  if (failedOf(results) > 0) return EXIT.findings
  const open = strict === true && filter === undefined && !covered.every(isCovered)
  return open ? EXIT.findings : EXIT.ok
}

const placeOf = (location: Location | undefined): object => ({
  file: location?.file ?? null,
  line: location?.line ?? null,
  column: location?.column ?? null,
})

export const decisionJson = ({ location, parts, ...decision }: Decision): object => ({
  ...decision,
  ...placeOf(location),
  parts: parts.map(({ location: at, ...part }) => ({ ...part, ...placeOf(at) })),
})

const asJson = (results: readonly TestResult[], covered: readonly Covered[]): object => ({
  tests: results.map(({ location, milliseconds, results: each, ...rest }) => ({
    ...rest,
    ...placeOf(location),
    milliseconds: Math.round(milliseconds),
    expectations: each.map(({ location: at, decisions, ...result }) => ({
      ...result,
      ...placeOf(at),
      decisions: decisions.map(decisionJson),
    })),
  })),
  passed: results.length - failedOf(results),
  failed: failedOf(results),
  coverage: covered.map((rightOrRule) => {
    const { location, ...rule } = rightOrRule
    return { ...rule, ...placeOf(location), covered: isCovered(rightOrRule) }
  }),
})
