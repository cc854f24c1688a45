/**
 * What `backo test` says of media_library is what the server does: every step of its `tests:`, tried without a server
 * and sent over HTTP with a token, has one answer. And what `backo explain` may do, no route can be asked for.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { createAuth } from '../../src/auth/auth.ts'
import { createServer } from '../../src/http/server.ts'
import { ROUTES } from '../../src/http/routes.ts'
import { loadModel, type Model } from '../../src/load-model.ts'
import { createLogs } from '../../src/log.ts'
import { readStep, readTarget, type Step } from '../../src/model/test-target.ts'
import type { Context, CurrentUser, Running } from '../../src/operations/context.ts'
import { SYSTEM } from '../../src/operations/hooks/program.ts'
import * as operations from '../../src/operations/index.ts'
import { requestOf } from '../../src/trial/expectations.ts'
import { stockUp, type Stores } from '../../src/trial/given.ts'
import { tryRequest, userAs, type TriedRequest } from '../../src/trial/try-request.ts'
import { hs256 } from '../auth/sign.ts'

const FILE = fileURLToPath(import.meta.resolve('backo/package.json')).replace(
  'package.json',
  join('examples', 'media_library', 'backo.yaml'),
)
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined }

interface Answer {
  readonly status: number
  readonly body: unknown
}

/** Times and new ids differ from one run to the next. */
function lasting(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lasting)
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' && /^\d{4}-\d\d-\d\dT|^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(value)
      ? '*'
      : value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, lasting(each)]))
}

const parsed = (text: string | undefined): unknown =>
  text === undefined || text === '' ? null : lasting(JSON.parse(text))

t.test('every step, over HTTP too', async (t) => {
  const { model } = await loadModel(FILE, { env: {} })
  if (!model) throw new Error('media_library does not load')
  const { backoffice, config, hooks } = model
  const runningOn = (connectors: Stores): Running => ({
    backoffice,
    connectors,
    hooks,
    hookTimeout: 5000,
  })
  const contextFor =
    (user: CurrentUser) =>
    (stores: Stores): Context =>
      operations.makeContext({
        running: runningOn(stores),
        user,
        now: new Date().toISOString(),
        log: SILENT,
      })
  const stocks = new Map<string, ReturnType<typeof stockUp>>()
  let steps = 0
  for (const test of config.tests) {
    const key = JSON.stringify(test.given)
    const stock = stocks.get(key) ?? stockUp(test.given, backoffice, contextFor(SYSTEM))
    stocks.set(key, stock)
    const fresh = await stock
    const target = readTarget(test.on, backoffice)
    if ('message' in target) throw new Error(target.message)
    const said = [...test.can, ...test.cannot].map((each) => ({
      step: readStep(each, target),
      each,
    }))
    const shown: Step =
      target.kind === 'selection'
        ? { kind: 'select', selection: target.selection }
        : { kind: 'read' }
    for (const { step, each } of [...said, { step: shown, each: {} }]) {
      if ('message' in step) throw new Error(step.message)
      const request = requestOf(step, each, target, { model })
      const tried = await tryRequest(
        contextFor(userAs(test.as, backoffice))(await fresh()),
        request,
        model,
      )
      const alone: Answer = {
        status: tried.status,
        body: tried.error ? tried.error.message : parsed(tried.text),
      }
      const served = await overHttp(request, test.as?.['_id'], runningOn(await fresh()), model)
      t.same(served, alone, `${test.name}: ${request.method} ${request.path}`)
      steps++
    }
  }
  t.ok(steps > 40, `${steps} steps`)
})

async function overHttp(
  request: TriedRequest,
  sub: unknown,
  running: Running,
  { config, backoffice }: Model,
): Promise<Answer> {
  if (!config.auth?.secret) throw new Error('no secret')
  const auth = createAuth(config.auth, backoffice)
  const logs = createLogs({ level: 'silent', loggers: {} })
  const server = createServer({
    options: config.server,
    operations,
    running: () => running,
    auth: () => auth,
    log: logs.get('http'),
    itemLog: logs.get('item'),
  })
  const token = typeof sub === 'string' ? hs256({ sub }, { key: config.auth.secret }) : null
  const { statusCode, body } = await server.inject({
    method: request.method as 'GET',
    url: request.path,
    ...(token === null ? {} : { headers: { authorization: `Bearer ${token}` } }),
    ...(request.body === undefined ? {} : { payload: request.body as object }),
  })
  await server.close()
  if (statusCode < 400) return { status: statusCode, body: parsed(body) }
  return { status: statusCode, body: (JSON.parse(body) as { readonly detail: string }).detail }
}

t.test('no route tells what explain tells', async (t) => {
  for (const { path, name } of ROUTES) t.notMatch(`${path} ${name}`, /explain|trial/i)
})
