/**
 * The `_keys` of a query string (http.md "Lists"): read, checked, with defaults. What is left are filters.
 * Knows the model's views and limits; no store.
 */
import { backoError, type BackoError } from '../errors.ts'
import { textToBool } from '../expression/operand.ts'
import { nearest } from '../nearest.ts'
import type { Collection, View } from '../model/backoffice.ts'
import type { Pairs } from './context.ts'
import { createRecentMap, type RecentMap } from '../recent-map.ts'

/** Options of every answer that shows items. */
export interface ShowOptions {
  readonly view: View
  readonly fields: readonly string[] | null
  readonly expand: readonly string[]
}

export interface ListOptions extends ShowOptions {
  /** items a page; 0 was turned into max_page */
  readonly limit: number
  /** as asked: shown in the answer */
  readonly page: number
  readonly skip: number
  readonly sort: readonly string[]
  readonly after: string | null
  readonly total: boolean
  readonly filters: Pairs
}

const KEYS = ['_view', '_fields', '_expand', '_page', '_skip', '_sort', '_after', '_total'] as const
type Key = (typeof KEYS)[number]

const DEFAULT_PAGE = 10
const MAX_TERMS = 100

export const badQuery = (key: string, message: string, hint?: string): BackoError =>
  backoError('BACKO_REQUEST_QUERY', `${key}: ${message}`, {
    errors: [{ path: key, message }],
    ...(hint === undefined ? {} : { hint }),
  })

/** `_id` and `_meta` are fields; every other key with `_` in front is an option. */
const isOption = (key: string): boolean =>
  key.charCodeAt(0) === UNDERSCORE && !/^_(id|meta)(\.|$)/.test(key)

const UNDERSCORE = 95

function isKnown(key: string): key is Key {
  return (KEYS as readonly string[]).includes(key)
}

interface Split {
  readonly options: ReadonlyMap<Key, readonly string[]>
  /** the options as a text, but those of a page's place: lists that differ in no more are read the same */
  readonly text: string
  readonly filters: Pairs
}

function splitPairs(query: Pairs): Split {
  const options = new Map<Key, string[]>()
  const filters: (readonly [string, string])[] = []
  let text = ''
  for (const pair of query) {
    const [key, value] = pair
    if (!isOption(key)) filters.push(pair)
    else if (isKnown(key)) {
      const values = options.get(key)
      if (values) values.push(value)
      else options.set(key, [value])
      if (key !== '_skip' && key !== '_after') text += `${key}=${value}\n`
    } else {
      const word = nearest(key, KEYS)
      throw badQuery(key, 'Unknown option', word && `did you mean ${word}?`)
    }
  }
  return { options, text, filters }
}

/** For one item: filters and list options say nothing there, unknown `_keys` are refused. */
export function showOptions(collection: Collection, query: Pairs): ShowOptions {
  if (query.length === 0) return { view: viewNamed(collection, 'client'), fields: null, expand: [] }
  return readShow(collection, splitPairs(query).options)
}

export function listOptions(collection: Collection, query: Pairs): ListOptions {
  const { options, text, filters } = splitPairs(query)
  let lists = known.get(collection)
  if (!lists) known.set(collection, (lists = createRecentMap(200)))
  let paged = lists.get(text)
  if (!paged) lists.set(text, (paged = readPaged(collection, options)))
  const after = last(options, '_after') ?? null
  const skip = readCount('_skip', last(options, '_skip') ?? '0')
  if (after !== null && skip > 0) throw badQuery('_skip', 'Cannot be used with _after')
  const { view, fields, expand, limit, page, sort, total } = paged
  return { view, fields, expand, limit, page, skip, sort, after, total, filters }
}

type Paged = Omit<ListOptions, 'skip' | 'after' | 'filters'>

/** Of a collection: what lists were asked for. */
const known = new WeakMap<Collection, RecentMap<Paged>>()

function readPaged(collection: Collection, options: Split['options']): Paged {
  const asked = last(options, '_page')
  const usual = Math.min(DEFAULT_PAGE, collection.maxPage)
  const page = asked === undefined ? usual : readCount('_page', asked)
  if (page > collection.maxPage) throw badQuery('_page', `Must be <= ${collection.maxPage}`)
  return {
    ...readShow(collection, options),
    limit: page === 0 ? collection.maxPage : page,
    page,
    sort: words(options, '_sort'),
    total: readBool('_total', last(options, '_total') ?? 'true'),
  }
}

const EVENT_KEYS: readonly string[] = ['_view', '_after']

/** Of a stream of events: it has no pages and no order but its own. */
export function eventOptions(
  collection: Collection,
  query: Pairs,
): Pick<ListOptions, 'view' | 'after' | 'filters'> {
  for (const [key] of query) {
    if (!isOption(key) || EVENT_KEYS.includes(key)) continue
    const word = nearest(key, EVENT_KEYS)
    throw badQuery(key, 'Unknown option', word && `did you mean ${word}?`)
  }
  return listOptions(collection, query)
}

const VERSION_KEYS: readonly string[] = ['_view', '_page', '_skip', '_after', '_total']

/** Of the versions of an item: they have one order, and are not filtered. */
export function versionOptions(collection: Collection, query: Pairs): ListOptions {
  for (const [key] of query) {
    if (VERSION_KEYS.includes(key)) continue
    const word = nearest(key, VERSION_KEYS)
    throw badQuery(key, 'Unknown option', word && `did you mean ${word}?`)
  }
  return listOptions(collection, query)
}

function readShow(collection: Collection, options: Split['options']): ShowOptions {
  return {
    view: viewNamed(collection, last(options, '_view') ?? 'client'),
    fields: options.has('_fields') ? words(options, '_fields') : null,
    expand: words(options, '_expand'),
  }
}

/** `+v` stands for itself in a URL only as `%2Bv`: a bare `+` has become a space. */
export function viewNamed(collection: Collection, asked: string): View {
  const name = asked.startsWith(' ') ? `+${asked.trimStart()}` : asked
  const view = collection.views.get(name)
  if (view) return view
  const word = nearest(name, collection.views.keys())
  throw badQuery('_view', `Unknown view ${name}`, word && `did you mean ${word}?`)
}

const last = (options: Split['options'], key: Key): string | undefined => options.get(key)?.at(-1)

function words(options: Split['options'], key: Key): string[] {
  const all = (options.get(key) ?? [])
    .flatMap((value) => value.split(','))
    .map((word) => word.trim())
    .filter((word) => word !== '')
  if (all.length > MAX_TERMS) throw badQuery(key, `Must have at most ${MAX_TERMS} terms`)
  return all
}

function readCount(key: Key, text: string): number {
  if (text === '0') return 0
  const count = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count))
    throw badQuery(key, 'Must be an int >= 0')
  return count
}

function readBool(key: Key, text: string): boolean {
  const bool = textToBool(text)
  if (bool === undefined) throw badQuery(key, 'Must be a bool')
  return bool
}
