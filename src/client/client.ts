/**
 * The client that `backo types` prints, after the types of the collections. It needs nothing but `fetch`: it runs in
 * browsers and in Node.
 */
import type {
  BatchOperation,
  BatchResult,
  CollectionsTypes,
  Expanded,
  ExpandPath,
  FieldPath,
  ItemEvent,
  ItemVersion,
  Listing,
  Page,
  PatchOperation,
  Picked,
  Showing,
} from './client-types.ts'
import type { ClientOptions, Pairs, Wire } from './wire.ts'
import { createWire, filterPairs, follow, queryText } from './wire.ts'

/** What is asked beside the body of a change. */
export interface Changing {
  /** the ETag that the item must still have; else 412 */
  readonly ifMatch?: string | undefined
}

type Arguments<A> = A extends { readonly args: infer Args } ? Args : never
type Result<A> = A extends { readonly result: infer Answer } ? Answer : never
/** Arguments of which none must come may be left out. */
type Rest<Args> = Record<never, never> extends Args ? [args?: Args] : [args: Args]
type Shown<
  C extends CollectionsTypes<C>,
  K extends keyof C,
  F extends string,
  P extends string,
> = Picked<Expanded<C, K, P>, F>

/** One collection. Every call rejects with BackoError for what the server refuses. */
export class CollectionClient<C extends CollectionsTypes<C>, K extends keyof C> {
  readonly #wire: Wire
  readonly #path: string

  constructor(wire: Wire, path: string) {
    this.#wire = wire
    this.#path = path
  }

  /** One page. */
  async list<const F extends FieldPath<C[K]> = never, const P extends ExpandPath<C, K> = never>(
    query: Listing<C[K], F, P> = {},
  ): Promise<Page<Shown<C, K, F, P>>> {
    return this.#page('', query)
  }

  /** Every item, page by page as it is asked for, by cursors: of equal cost however deep. */
  async *each<const F extends FieldPath<C[K]> = never, const P extends ExpandPath<C, K> = never>(
    query: Omit<Listing<C[K], F, P>, 'skip'> = {},
  ): AsyncGenerator<Shown<C, K, F, P>> {
    let after = query.after
    do {
      const page: Page<Shown<C, K, F, P>> = await this.#page('', {
        page: 100,
        ...query,
        total: false,
        ...(after === undefined ? {} : { after }),
      })
      yield* page.result
      after = page._next
    } while (after !== undefined)
  }

  async get<const F extends FieldPath<C[K]> = never, const P extends ExpandPath<C, K> = never>(
    id: string,
    showing: Showing<C[K]['view'], F, P> = {},
  ): Promise<Shown<C, K, F, P>> {
    return this.#item('GET', this.#at(id) + queryText(showPairs(showing)))
  }

  async create(item: C[K]['create']): Promise<C[K]['item']> {
    return this.#item('POST', this.#path, item)
  }

  /** All of them, or none. */
  async createMany(items: readonly C[K]['create'][]): Promise<C[K]['item'][]> {
    const response = await this.#wire.send({ method: 'POST', path: this.#path, body: items })
    return (await response.json()) as C[K]['item'][]
  }

  /** Sets the keys given: Dicts merge deeply, the rest is replaced, null clears. */
  async update(id: string, item: C[K]['update'], changing?: Changing): Promise<C[K]['item']> {
    return this.#item('PUT', this.#at(id), item, changing)
  }

  /** RFC 6902, all or none. */
  async patch(
    id: string,
    operations: PatchOperation | readonly PatchOperation[],
    changing?: Changing,
  ): Promise<C[K]['item']> {
    return this.#item('PATCH', this.#at(id), operations, changing)
  }

  async delete(id: string, changing?: Changing): Promise<void> {
    await this.#wire.send({ method: 'DELETE', path: this.#at(id), headers: matching(changing) })
  }

  /** null, or what is wrong with the value at this place: `check({ name: '' }, '$.name')` */
  async check(item: object, path: string): Promise<string | null> {
    const sent = { method: 'POST', path: `${this.#path}/_check`, body: { item, path } }
    const { error } = (await (await this.#wire.send(sent)).json()) as { error: string | null }
    return error
  }

  /** The description of the collection, with rights worked out for this item and this user. */
  async meta(item: object = {}): Promise<Readonly<Record<string, unknown>>> {
    const sent = { method: 'POST', path: `${this.#path}/_meta`, body: item }
    return (await (await this.#wire.send(sent)).json()) as Readonly<Record<string, unknown>>
  }

  /** Runs an action on an item. */
  async run<const A extends keyof C[K]['actions'] & string>(
    action: A,
    id: string,
    ...[args]: Rest<Arguments<C[K]['actions'][A]>>
  ): Promise<Result<C[K]['actions'][A]>> {
    const path = `${this.#path}/_actions/${encodeURIComponent(action)}/${encodeURIComponent(id)}`
    const response = await this.#wire.send({ method: 'POST', path, body: args ?? {} })
    return (await response.json()) as Result<C[K]['actions'][A]>
  }

  /** A page of a selection. */
  async select<const S extends keyof C[K]['selections'] & string>(
    selection: S,
    query: Listing<C[K], never, never> = {},
  ): Promise<Page<C[K]['selections'][S]>> {
    return this.#page(`/_selections/${encodeURIComponent(selection)}`, query)
  }

  /** The versions of an item, the newest first, where the collection keeps its history. */
  async history(
    id: string,
    query: Pick<Listing<C[K], never, never>, 'page' | 'skip' | 'after' | 'total'> = {},
  ): Promise<Page<ItemVersion<C[K]['item']>>> {
    const path = `${this.#at(id)}/_history${queryText(listPairs(query))}`
    const response = await this.#wire.send({ method: 'GET', path })
    return (await response.json()) as Page<ItemVersion<C[K]['item']>>
  }

  /** The content of a File field: `await (await books.file(id, 'cover')).blob()` */
  async file(id: string, path: string): Promise<Response> {
    const way = path.split('/').map(encodeURIComponent).join('/')
    return this.#wire.send({ method: 'GET', path: `${this.#at(id)}/${way}` })
  }

  /**
   * What is created, modified and deleted from now on, or after an event: `reset` says that something may be missed.
   * Goes on without end, over lost connections too: leave the loop, or give a signal.
   */
  events(
    options: Pick<Listing<C[K], never, never>, 'filter' | 'view' | 'after'> & {
      readonly signal?: AbortSignal
    } = {},
  ): AsyncGenerator<ItemEvent<C[K]['item']>> {
    const { filter = {}, view, after, signal } = options
    const filters = filterPairs(filter)
    if (!filters) throw new TypeError('events take filters that a query string can say')
    const query = queryText([...filters, ...showPairs(view === undefined ? {} : { view })])
    const open = (last: string | undefined): Promise<Response> => {
      const headers = {
        accept: 'text/event-stream',
        ...(last === undefined ? {} : { 'last-event-id': last }),
      }
      return this.#wire.send({
        method: 'GET',
        path: `${this.#path}/_events${query}`,
        headers,
        signal,
      })
    }
    return follow({ open, after, signal })
  }

  #at(id: string): string {
    return `${this.#path}/${encodeURIComponent(id)}`
  }

  async #item<T extends object>(
    method: string,
    path: string,
    body?: unknown,
    changing?: Changing,
  ): Promise<T> {
    const response = await this.#wire.send({ method, path, body, headers: matching(changing) })
    return this.#wire.keepTag((await response.json()) as T, response)
  }

  /** By GET where a query string can say the filter, else by POST, which takes any. */
  async #page<T>(place: string, query: Listing<C[K], FieldPath<C[K]>, string>): Promise<Page<T>> {
    const { filter = {} } = query
    const options = listPairs(query)
    const filters = filterPairs(filter)
    const response = await this.#wire.send(
      filters
        ? { method: 'GET', path: this.#path + place + queryText([...filters, ...options]) }
        : {
            method: 'POST',
            path: this.#path + (place || '/_selections/_all') + queryText(options),
            body: filter,
          },
    )
    return (await response.json()) as Page<T>
  }
}

const matching = ({ ifMatch }: Changing = {}): Readonly<Record<string, string>> =>
  ifMatch === undefined ? {} : { 'if-match': ifMatch }

interface AnyQuery {
  readonly view?: string
  readonly fields?: readonly string[]
  readonly expand?: readonly string[]
  readonly sort?: readonly string[]
  readonly page?: number
  readonly skip?: number
  readonly after?: string
  readonly total?: boolean
}

const pairsOf = (query: AnyQuery, names: readonly (keyof AnyQuery)[]): Pairs =>
  names.flatMap((name) => {
    const value = query[name]
    return value === undefined ? [] : [[`_${name}`, String(value)] as const]
  })

const SHOW = ['view', 'fields', 'expand'] as const
const showPairs = (query: AnyQuery): Pairs => pairsOf(query, SHOW)
const listPairs = (query: AnyQuery): Pairs =>
  pairsOf(query, [...SHOW, 'sort', 'page', 'skip', 'after', 'total'])

/** The application. */
export class Client<C extends CollectionsTypes<C>, User> {
  /** by name: `const { books, users } = client.collections` */
  readonly collections: { readonly [K in keyof C]: CollectionClient<C, K> }
  readonly #wire: Wire
  readonly #path: string

  constructor(wire: Wire, app: string, names: readonly (keyof C & string)[]) {
    this.#wire = wire
    this.#path = `/${app}`
    const each = names.map((name) => [name, new CollectionClient(wire, `/${app}/${name}`)])
    this.collections = Object.fromEntries(each) as Client<C, User>['collections']
  }

  /** The next requests are this user's: in a browser by a cookie, elsewhere by the token that it holds. */
  async login(login: string, password: string): Promise<void> {
    await this.#wire.send({ method: 'POST', path: '/login', body: { login, password } })
  }

  async logout(): Promise<void> {
    await this.#wire.send({ method: 'POST', path: '/logout' })
  }

  /** Who asks; also when anonymous. */
  async me(): Promise<User> {
    return (await (
      await this.#wire.send({ method: 'GET', path: `${this.#path}/_me` })
    ).json()) as User
  }

  /** The description of the application, its collections and their fields. */
  async meta(): Promise<Readonly<Record<string, unknown>>> {
    const response = await this.#wire.send({ method: 'GET', path: `${this.#path}/_meta` })
    return (await response.json()) as Readonly<Record<string, unknown>>
  }

  /** All of it in one transaction, or nothing. */
  async batch(operations: readonly BatchOperation[]): Promise<readonly BatchResult[]> {
    const body = { operations }
    const response = await this.#wire.send({ method: 'POST', path: `${this.#path}/_batch`, body })
    const { results } = (await response.json()) as { results: readonly BatchResult[] }
    return results
  }
}

/** @param url of the server, with its prefix: `https://example.org/api` */
export const clientOf = <C extends CollectionsTypes<C>, User>(
  url: string,
  options: ClientOptions,
  app: { readonly name: string; readonly collections: readonly (keyof C & string)[] },
): Client<C, User> => new Client(createWire(url, options), app.name, app.collections)
