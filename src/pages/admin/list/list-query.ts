/** What of a list is shown, as the query of the page's address: words, conditions, order, page. */
import { readCondition, writeCondition, type Condition } from './filters.ts'

export interface ListQuery {
  readonly search: string
  readonly conditions: readonly Condition[]
  /** `-age`, or null for the order of the store */
  readonly sort: string | null
  /** from 1 */
  readonly page: number
  /** the cursor of that page, where one was given: as fast however deep */
  readonly after: string | null
  readonly size: number
}

export const SIZES = [10, 25, 50, 100] as const
const USUAL = 25

export function readListQuery(text: string): ListQuery {
  const query = new URLSearchParams(text)
  const size = Number(query.get('size'))
  const page = Number(query.get('page'))
  return {
    search: query.get('q') ?? '',
    conditions: query.getAll('where').flatMap((each) => readCondition(each) ?? []),
    sort: query.get('sort'),
    page: Number.isInteger(page) && page > 1 ? page : 1,
    after: query.get('after'),
    size: SIZES.find((each) => each === size) ?? USUAL,
  }
}

export function writeListQuery({ search, conditions, sort, page, after, size }: ListQuery): string {
  const query = new URLSearchParams()
  if (search !== '') query.set('q', search)
  for (const condition of conditions) query.append('where', writeCondition(condition))
  if (sort !== null) query.set('sort', sort)
  if (page > 1) query.set('page', String(page))
  if (page > 1 && after !== null) query.set('after', after)
  if (size !== USUAL) query.set('size', String(size))
  return query.toString()
}

/** What the server is asked: a cursor where there is one, else as many items are passed over. */
export const wireQuery = ({
  sort,
  page,
  after,
  size,
}: ListQuery): (readonly [string, string])[] => [
  ['_page', String(size)],
  ...(sort === null ? [] : [['_sort', sort] as const]),
  ...(page <= 1
    ? []
    : after === null
      ? [['_skip', String((page - 1) * size)] as const]
      : [['_after', after] as const]),
]

/** A click on a header: up, down, and back to the store's own order. */
export const nextSort = (sort: string | null, field: string): string | null =>
  sort === field ? `-${field}` : sort === `-${field}` ? null : field
