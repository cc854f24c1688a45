/**
 * A server over operations that only tell how they were called: what http/ does by itself.
 */
import type { FastifyInstance } from 'fastify'
import { backoError } from '../../src/errors.ts'
import type { Operations } from '../../src/http/operations.ts'
import type { HttpOptions } from '../../src/http/server.ts'
import { createServer } from '../../src/http/server.ts'
import type { Backoffice, Collection } from '../../src/model/backoffice.ts'
import type { Running } from '../../src/operations/context.ts'

export interface Called {
  readonly operation: string
  readonly id?: string
  readonly name?: string
  readonly query?: unknown
  readonly body?: unknown
  readonly input?: unknown
}

export interface FakeServer {
  readonly fastify: FastifyInstance
  /** the last call of an operation */
  readonly last: () => Called | undefined
  readonly logged: { readonly level: string; readonly fields: object; readonly message: string }[]
  /** what every operation does instead of answering, from now on */
  readonly fail: (error: unknown) => void
}

const OPTIONS: HttpOptions = {
  prefix: '',
  trust_proxy: false,
  body_limit: 2000,
  request_timeout: 1000,
}

export function fakeServer(options: Partial<HttpOptions> = {}, logLevel = 'info'): FakeServer {
  let last: Called | undefined
  let failure: unknown
  const logged: { level: string; fields: object; message: string }[] = []
  const called = async <T>(call: Called, answer: T): Promise<T> => {
    last = call
    if (failure !== undefined) throw failure
    return answer
  }
  const item = (id: string): { _id: string; etag: string; text: string } => ({
    _id: id,
    etag: 'v1',
    text: JSON.stringify({ _id: id }),
  })
  const operations: Operations = {
    readItem: (_ctx, _coll, id, query) => called({ operation: 'read', id, query }, item(id)),
    listItems: (_ctx, _coll, query) => called({ operation: 'list', query }, '{"result":[]}'),
    listVersions: (_ctx, _coll, id, query) =>
      called({ operation: 'versions', id, query }, '{"result":[]}'),
    createItem: (_ctx, _coll, body, query) =>
      called(
        { operation: 'create', body, query },
        Array.isArray(body) ? { ids: ['a', 'b'], text: '[]' } : item('new/é'),
      ),
    updateItem: (_ctx, _coll, id, input) => called({ operation: 'update', id, input }, item(id)),
    patchItem: (_ctx, _coll, id, input) => called({ operation: 'patch', id, input }, item(id)),
    deleteItem: (_ctx, _coll, id, input) => called({ operation: 'delete', id, input }, undefined),
    runSelection: (_ctx, _coll, selection) =>
      called({ operation: 'selection', input: selection }, '{"result":[]}'),
    runAction: (_ctx, _coll, input) => called({ operation: 'action', input }, '{}'),
    checkValue: (_ctx, _coll, body) => called({ operation: 'check', body }, '{"error":null}'),
    describeForItem: (_ctx, _coll, body) =>
      called({ operation: 'describeItem', body }, '{"name":"users"}'),
    describeApplication: () => called({ operation: 'describe' }, '{"name":"myApp"}'),
    runBatch: (_ctx, batch) => called({ operation: 'batch', input: batch }, []),
    openEvents: async () => {
      throw new Error('no events here')
    },
    checkHealth: () => called({ operation: 'health' }, undefined),
    readFile: () => Promise.reject(new Error('no files here')),
    receiveFiles: () => Promise.reject(new Error('no files here')),
    discardUploads: async () => undefined,
  }
  const write =
    (level: string) =>
    (fields: object, message: string): void => {
      logged.push({ level, fields, message })
    }
  const log = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    isLevelEnabled: (level: string) => level !== 'debug' || logLevel === 'debug',
  }
  const collections = new Map([['users', { name: 'users' } as unknown as Collection]])
  const backoffice = { name: 'myApp', hash: 'abc', collections } as unknown as Backoffice
  const running: Running = {
    backoffice,
    connectors: new Map(),
    hooks: new Map(),
    hookTimeout: 1000,
  }
  const fastify = createServer({
    options: { ...OPTIONS, ...options },
    operations,
    running: () => running,
    log,
    itemLog: log,
  })
  return {
    fastify,
    last: () => last,
    logged,
    fail: (error) => {
      failure = error
    },
  }
}

export const away = (): Error =>
  backoError('BACKO_STORE_AWAY', 'the database is away', { cause: new Error('secret') })
