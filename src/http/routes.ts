/**
 * The table of routes: what is served, what each row reads and answers with. Fastify's routes, `Allow`,
 * OPTIONS and OpenAPI are made from it. Knows operations by name; no socket, no Fastify.
 */
import { backoError } from '../errors.ts'
import type { Collection } from '../model/backoffice.ts'
import { batchReader } from './batch.ts'
import { DOCS_ROUTES } from './docs/docs-routes.ts'
import { EVENT_ROUTE } from './event-route.ts'
import { FILE_ROUTES } from './file-routes.ts'
import { PAGE_ROUTES } from './page-routes.ts'
import type { Answer, Call, Route, Served } from './route.ts'

export type * from './route.ts'

/** Rows in the order in which documentation shows them. */
export const ROUTES: readonly Route[] = [
  {
    name: 'readItem',
    method: 'GET',
    path: '/:app/:coll/:id',
    scope: 'item',
    description: 'One item, in the view asked for',
    body: 'none',
    status: 200,
    errors: [404],
    run: ({ operations, context, query }, collection, id) =>
      operations.readItem(context, collection, id, query),
  },
  {
    name: 'listItems',
    method: 'GET',
    path: '/:app/:coll',
    scope: 'collection',
    description: 'The items that match the query, a page at a time',
    body: 'none',
    status: 200,
    errors: [403, 404],
    run: ({ operations, context, query }, collection) =>
      whenText(operations.listItems(context, collection, query)),
  },
  {
    name: 'createItem',
    method: 'POST',
    path: '/:app/:coll',
    scope: 'collection',
    description: 'Creates an item; an array creates all of them or none',
    body: 'json',
    form: true,
    status: 201,
    errors: [403, 404, 409, 413, 415],
    run: async ({ operations, context, body, query }, collection) => {
      const made = await operations.createItem(context, collection, body, query)
      if ('ids' in made) return { text: made.text }
      const { _id: locate, ...answer } = made
      return { ...answer, locate }
    },
  },
  {
    name: 'updateItem',
    method: 'PUT',
    path: '/:app/:coll/:id',
    scope: 'item',
    description: 'Sets the keys given: Dicts merge deeply, the rest is replaced, null clears',
    body: 'json',
    form: true,
    status: 200,
    errors: [403, 404, 409, 412, 413, 415],
    run: async ({ operations, context, body, query, ifMatch }, collection, id) =>
      operations.updateItem(context, collection, id, withMatch({ body, query }, ifMatch)),
  },
  {
    name: 'patchItem',
    method: 'PATCH',
    path: '/:app/:coll/:id',
    scope: 'item',
    description:
      'One operation or a list of them (RFC 6902), or a merge patch (RFC 7396); all or none',
    body: 'patch',
    form: true,
    status: 200,
    errors: [403, 404, 409, 412, 413, 415],
    run: async ({ operations, context, body, merge, query, ifMatch }, collection, id) =>
      operations.patchItem(context, collection, id, withMatch({ body, merge, query }, ifMatch)),
  },
  {
    name: 'deleteItem',
    method: 'DELETE',
    path: '/:app/:coll/:id',
    scope: 'item',
    description: 'Deletes an item; what refers to it is treated as the references say',
    body: 'none',
    status: 204,
    errors: [403, 404, 409, 412],
    run: async ({ operations, context, query, ifMatch }, collection, id) => {
      await operations.deleteItem(context, collection, id, withMatch({ query }, ifMatch))
      return {}
    },
  },
  {
    name: 'listVersions',
    method: 'GET',
    path: '/:app/:coll/:id/_history',
    scope: 'item',
    description:
      'The versions of an item, the newest first, where the collection keeps its history',
    body: 'none',
    status: 200,
    errors: [403, 404],
    run: async ({ operations, context, query }, collection, id) => ({
      text: await operations.listVersions(context, collection, id, query),
    }),
  },
  EVENT_ROUTE,
  ...FILE_ROUTES,
  {
    name: 'runSelection',
    method: 'GET',
    path: '/:app/:coll/_selections/:selection',
    scope: 'collection',
    description: 'Runs a selection: a named list of values; `_all` gives the items',
    body: 'none',
    status: 200,
    errors: [403, 404],
    run: async (call, collection) => select(call, collection),
  },
  {
    name: 'filterSelection',
    method: 'POST',
    path: '/:app/:coll/_selections/:selection',
    scope: 'collection',
    description: 'Runs a selection with a further filter',
    body: 'optional',
    status: 200,
    errors: [403, 404, 413, 415],
    run: async (call, collection) => select(call, collection),
  },
  {
    name: 'checkValue',
    method: 'POST',
    path: '/:app/:coll/_check',
    scope: 'collection',
    description: 'Is this field of this (partial) item valid? Nothing is kept',
    body: 'json',
    status: 200,
    errors: [403, 404, 413, 415],
    run: async ({ operations, context, body }, collection) => ({
      text: await operations.checkValue(context, collection, body),
    }),
  },
  {
    name: 'runAction',
    method: 'POST',
    path: '/:app/:coll/_actions/:action/:id',
    scope: 'item',
    description: 'Runs an action on an item; answers what it returns, else the item',
    body: 'optional',
    status: 200,
    errors: [403, 404, 409, 413, 415],
    run: async ({ operations, context, params, body, query }, collection, id) => ({
      text: await operations.runAction(context, collection, {
        action: params['action'] ?? '',
        id,
        body,
        query,
      }),
    }),
  },
  {
    name: 'describeForItem',
    method: 'POST',
    path: '/:app/:coll/_meta',
    scope: 'collection',
    description:
      'The description of the collection, with rights worked out for an item and this user',
    body: 'optional',
    status: 200,
    errors: [404, 413, 415],
    run: async ({ operations, context, body }, collection) => ({
      text: await operations.describeForItem(context, collection, body),
    }),
  },
  {
    name: 'describeApplication',
    method: 'GET',
    path: '/:app/_meta',
    scope: 'application',
    description: 'The description of the application, its collections and their fields',
    body: 'none',
    status: 200,
    errors: [404],
    run: async ({ operations, context }) => ({
      text: await operations.describeApplication(context),
    }),
  },
  {
    name: 'runBatch',
    method: 'POST',
    path: '/:app/_batch',
    scope: 'application',
    description: 'Several operations in one transaction: all are kept, or none',
    body: 'json',
    status: 200,
    errors: [403, 404, 409, 412, 413, 415],
    run: async ({ operations, context, body, prefix }) => {
      const { backoffice } = context.running
      const batch = readBatch(body, { backoffice, prefix })
      return { text: batch.answer(await operations.runBatch(context, batch.operations)) }
    },
  },
  {
    name: 'currentUser',
    method: 'GET',
    path: '/:app/_me',
    scope: 'application',
    description: 'The user of the request, also when anonymous',
    body: 'none',
    status: 200,
    errors: [404],
    run: async ({ context }) => ({ text: JSON.stringify(context.user) }),
  },
  ...PAGE_ROUTES,
  {
    name: 'logIn',
    method: 'POST',
    path: '/login',
    scope: 'login',
    description: '`{ login, password }` -> a cookie with a token',
    body: 'json',
    status: 200,
    errors: [403, 404, 413, 415, 429],
    run: async ({ logIn, ...call }) => ({ text: '{"login":"ok"}', token: await logIn(call) }),
  },
  {
    name: 'logOut',
    method: 'POST',
    path: '/logout',
    scope: 'login',
    description: 'Takes the cookie away',
    body: 'none',
    status: 200,
    errors: [403, 404],
    run: async () => ({ text: '{"logout":true}', token: null }),
  },
  {
    name: 'live',
    method: 'GET',
    path: '/_health/live',
    scope: 'server',
    description: 'The process answers',
    body: 'none',
    status: 200,
    errors: [],
    run: async () => ({ text: '{"status":"ok"}' }),
  },
  {
    name: 'ready',
    method: 'GET',
    path: '/_health/ready',
    scope: 'server',
    description: 'The stores answer too; `config` is the hash of the configuration that is served',
    body: 'none',
    status: 200,
    errors: [],
    run: async (operations, { running, draining }) => {
      if (draining) throw backoError('BACKO_SERVER_DRAINING', 'this server is about to end')
      await operations.checkHealth(running)
      return { text: JSON.stringify({ status: 'ok', config: running.backoffice.hash }) }
    },
  },
  {
    name: 'metrics',
    method: 'GET',
    path: '/_metrics',
    scope: 'figures',
    description: 'Figures for Prometheus: requests, stores, transactions, hooks, the process',
    body: 'none',
    status: 200,
    errors: [],
    media: 'text/plain; version=0.0.4; charset=utf-8',
    needs: 'metrics',
    run: async (figures) => ({ text: await figures() }),
  },
  ...DOCS_ROUTES,
]

/** The rows that a server of this configuration has. */
export const servedRoutes = (served: Served, routes: readonly Route[] = ROUTES): readonly Route[] =>
  routes.filter(({ needs }) => needs === undefined || (served[needs] ?? false) !== false)

const readBatch = batchReader(ROUTES.filter(({ scope }) => scope !== 'page'))

/** What `Allow` says for a path: the methods of its rows, HEAD with GET, and OPTIONS. */
export function allowedMethods(path: string, routes: readonly Route[] = ROUTES): readonly string[] {
  const methods = routes.filter((route) => route.path === path).map((route) => route.method)
  return methods
    .flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    .concat('OPTIONS')
}

const whenText = (text: string | Promise<string>): Answer | Promise<Answer> =>
  typeof text === 'string' ? { text } : text.then((later) => ({ text: later }))

async function select(
  { operations, context, params, query, body }: Call,
  collection: Collection,
): Promise<Answer> {
  const name = params['selection'] ?? ''
  const filter = body === undefined ? {} : { filter: body }
  return { text: await operations.runSelection(context, collection, { name, query, ...filter }) }
}

const withMatch = <T extends object>(
  input: T,
  ifMatch: string | undefined,
): T & { readonly ifMatch?: string } => (ifMatch === undefined ? input : { ...input, ifMatch })
