/**
 * A thread that runs plans on a connection of its own that only reads: what readers.ts starts. Each plan sees one
 * moment of the database, in which all that was acknowledged before it was asked for is there.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { BackoError } from '../../errors.ts'
import { createCounts } from './counts.ts'
import { openReader } from './database.ts'
import { READY } from './reader-messages.ts'
import type { Answer, Asked, Fault, ReaderData } from './reader-messages.ts'
import { runPage } from './run-page.ts'
import type { PagePlan } from './run-page.ts'
import { createPlaces } from './places.ts'
import { registerFunctions } from './sql-functions.ts'
import { sqliteCode } from './sqlite-errors.ts'
import { createStatements } from './statements.ts'
import { writtenSince } from './written-since.ts'

const { path } = workerData as ReaderData
const db = openReader(path)
const functions = registerFunctions(db)
const statements = createStatements(db)
const running = {
  statements,
  counts: createCounts(statements),
  places: createPlaces(writtenSince(db)),
}
const inOneMoment = db.transaction((plan: PagePlan) => runPage(running, plan) ?? { rows: [] })

parentPort?.on('message', ({ plan, functions: more }: Asked) => {
  const began = performance.now()
  let answer: Answer
  try {
    for (const { fn, args, result } of more) functions.row(fn, args, result)
    const page = inOneMoment(plan)
    answer = { ...page, took: performance.now() - began }
  } catch (error) {
    answer = { fault: faultOf(error) }
  }
  parentPort?.postMessage(answer)
})

parentPort?.postMessage(READY)

function faultOf(error: unknown): Fault {
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  if (error instanceof BackoError) return { name, message, code: error.code, hint: error.hint }
  return { name, message, code: sqliteCode(error) }
}
