/**
 * A served model for tests of rights and hooks: requests come as any user, hooks are functions of the test, and
 * calls of the store are counted.
 */
import { loadConfigText } from '../../src/config/load-config.ts'
import type { Connector } from '../../src/connectors/connector.ts'
import { createServer } from '../../src/http/server.ts'
import { createLogs } from '../../src/log.ts'
import { compileModel } from '../../src/model/compile.ts'
import { openConnectors } from '../../src/open-connectors.ts'
import type { CurrentUser, Running } from '../../src/operations/context.ts'
import { ANONYMOUS } from '../../src/operations/context.ts'
import * as operations from '../../src/operations/index.ts'

export interface World {
  readonly running: Running
  /** `GET /app/books`; `as` is `login:ROLE,ROLE`, the `_id` is `id-<login>`; nobody: anonymous */
  readonly call: (
    send: string,
    body?: unknown,
    as?: string,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answer>
  /** ids of items, by the names that rows gave them */
  readonly kept: Map<string, string>
  /** the calls of the stores since the last time it was asked */
  readonly calls: () => string[]
  /** lines of all logs, parsed */
  readonly log: readonly Record<string, unknown>[]
  readonly close: () => Promise<void>
}

/** What a hook of a test is given: as loose as in JavaScript. */
export type Given = any // eslint-disable-line typescript/no-explicit-any

export interface Answer {
  readonly status: number
  readonly body: Given
  readonly headers: Readonly<Record<string, unknown>>
}

export interface WorldOptions {
  readonly hooks?: Readonly<Record<string, (context: Given) => unknown>>
  readonly hookTimeout?: number
  readonly storage?: object
  /** a store of its own for some collections, beside `storage` */
  readonly others?: Readonly<Record<string, object>>
  /** what stands between the operations and each store */
  readonly wrap?: (connector: Connector, storage: string) => Connector
}

/** `TEST_STORE=sqlite npx tap ...` runs every world on it. */
const STORES: Readonly<Record<string, object>> = {
  memory: { type: 'memory' },
  sqlite: { type: 'sqlite', path: ':memory:' },
}

/** `yaml` without its first lines: `backo`, `name: app` and a memory store are added. */
export async function world(yaml: string, options: WorldOptions = {}): Promise<World> {
  const storage = JSON.stringify({
    default: options.storage ?? STORES[process.env['TEST_STORE'] ?? 'memory'],
    ...options.others,
  })
  const text = `backo: 1\nname: app\nstorage: ${storage}\n${yaml}`
  const { config, source, hash, findings } = await loadConfigText(text, { directory: '/nowhere' })
  if (!config) throw new Error(findings.map((each) => each.message).join('\n'))
  const hooks = new Map<string, unknown>(Object.entries(options.hooks ?? {}))
  const model = compileModel({ config, source, hash }, hooks)
  if (!model.backoffice || model.findings.some((each) => each.severity === 'error'))
    throw new Error(
      model.findings.map((each) => `${each.path.join('.')}: ${each.message}`).join('\n'),
    )
  const log: Record<string, unknown>[] = []
  const write = (line: string): void => void log.push(JSON.parse(line) as Record<string, unknown>)
  const logs = createLogs({ level: 'debug', loggers: {} }, { write })
  const opened = await openConnectors(config.storage, model.backoffice.storage, logs)
  const calls: string[] = []
  const { wrap = (connector: Connector) => connector } = options
  const connectors = new Map(
    [...opened].map(([name, connector]) => [
      name,
      counted(wrap(connector, name), (call) => calls.push(call)),
    ]),
  )
  const running: Running = {
    backoffice: model.backoffice,
    connectors,
    hooks,
    hookTimeout: options.hookTimeout ?? 5000,
  }
  const fastify = createServer({
    options: config.server,
    operations,
    running: () => running,
    authenticate: (request) => userOf(request.headers['x-user']),
    log: logs.get('http'),
    itemLog: logs.get('item'),
  })
  return {
    running,
    log,
    kept: new Map(),
    call: async (send, body, as, more) => {
      const [method = 'GET', url = '/'] = send.split(' ')
      const answer = await fastify.inject({
        method: method as 'GET',
        url,
        headers: {
          ...(as === undefined ? {} : { 'x-user': as }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...more,
        },
        ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
      })
      const parsed: unknown = answer.body === '' ? undefined : JSON.parse(answer.body)
      return { status: answer.statusCode, body: parsed, headers: answer.headers }
    },
    calls: () => calls.splice(0),
    close: async () => {
      await fastify.close()
      await Promise.all([...opened.values()].map((connector) => connector.close()))
    },
  }
}

export function userOf(header: string | string[] | undefined): CurrentUser {
  if (typeof header !== 'string') return ANONYMOUS
  const [login = '', roles = ''] = header.split(':')
  return { _id: `id-${login}`, login, roles: roles.split(',').filter((role) => role !== '') }
}

function counted(connector: Connector, note: (call: string) => void): Connector {
  return {
    open: (schema) => connector.open(schema),
    close: () => connector.close(),
    health: () => connector.health(),
    read: (collection, ids) => {
      note(`read ${collection}`)
      return connector.read(collection, ids)
    },
    select: (query) => {
      note(`select ${query.collection}`)
      return connector.select(query)
    },
    linked: (query) => {
      note(`linked ${query.side}`)
      return connector.linked(query)
    },
    files: connector.files,
    commit: (batch) => {
      note('commit')
      return connector.commit(batch)
    },
    scan: (collection, size) => {
      note(`scan ${collection}`)
      return connector.scan(collection, size)
    },
  }
}
