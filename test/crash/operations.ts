/** What clients do: rows of a weight and an operation that is made of what the client knows. Sends nothing. */
import type { Hand } from './hand.ts'
import { SHARED } from './hand.ts'
import type { Request } from './http.ts'
import { changed, without } from './state.ts'
import type { State, Values } from './state.ts'

export interface Operation {
  readonly request: Request
  /** the client's items once it is done */
  readonly next: State
  /** keys of the items that the answer tells, in its order: their `_id` is learnt */
  readonly made?: readonly string[]
  /** a transfer between shared items */
  readonly moves?: true
  /** it must be refused with this status */
  readonly refused?: number
}

type Make = (hand: Hand) => Operation | null

const BOOKS = 60

const KINDS: readonly (readonly [weight: number, make: Make])[] = [
  [20, createOne],
  [8, createArray],
  [14, put],
  [10, patch],
  [12, remove],
  [6, linkFromAuthor],
  [6, linkFromTag],
  [6, linkFromCover],
  [8, batch],
  [8, moveOwn],
  [8, moveShared],
  [2, takeTakenIsbn],
]

const WEIGHTS = KINDS.reduce((sum, [weight]) => sum + weight, 0)

/** One at random, of those that are possible now. */
export function nextOperation(hand: Hand): Operation {
  for (;;) {
    let left = hand.random(WEIGHTS)
    for (const [weight, make] of KINDS) {
      left -= weight
      if (left >= 0) continue
      const made = make(hand)
      if (made) return made
      break
    }
  }
}

const author = (hand: Hand): string => hand.one([...SHARED, hand.own('author')]) ?? ''
const someTags = (hand: Hand): string[] =>
  [...SHARED, hand.own('tag')].filter(() => hand.random(3) === 0)

const idsOf = (hand: Hand, collection: string, names: readonly string[]): string[] =>
  names.map((name) => hand.id(`${collection}/${name}`))

interface NewBook {
  readonly key: string
  readonly values: Values
  readonly body: object
}

function newBook(hand: Hand): NewBook {
  const name = hand.newName()
  const [by, tags] = [author(hand), someTags(hand)]
  return {
    key: `books/${name}`,
    values: { isbn: `isbn ${name}`, n: 0, author: by, tags, cover: null },
    body: {
      name,
      isbn: `isbn ${name}`,
      author: hand.id(`authors/${by}`),
      tags: idsOf(hand, 'tags', tags),
    },
  }
}

function createOne(hand: Hand): Operation | null {
  if (hand.names('books').length > BOOKS) return null
  const { key, values, body } = newBook(hand)
  return {
    request: { method: 'POST', path: '/books', body },
    next: changed(hand.acknowledged, [[key, values]]),
    made: [key],
  }
}

function createArray(hand: Hand): Operation | null {
  if (hand.names('books').length > BOOKS) return null
  const books = Array.from({ length: 8 }, () => newBook(hand))
  return {
    request: { method: 'POST', path: '/books', body: books.map(({ body }) => body) },
    next: changed(
      hand.acknowledged,
      books.map(({ key, values }) => [key, values]),
    ),
    made: books.map(({ key }) => key),
  }
}

/** A book of the client's, with its values. */
function someBook(hand: Hand): readonly [key: string, values: Values, path: string] | null {
  const name = hand.one(hand.names('books'))
  if (name === undefined) return null
  const key = `books/${name}`
  return [key, hand.acknowledged.get(key) ?? {}, `/books/${hand.id(key)}`]
}

const more = (value: unknown): number => Number(value) + 1

function put(hand: Hand): Operation | null {
  const book = someBook(hand)
  if (!book) return null
  const [key, values, path] = book
  const [by, tags, n] = [author(hand), someTags(hand), more(values['n'])]
  const body = { n, author: hand.id(`authors/${by}`), tags: idsOf(hand, 'tags', tags) }
  return {
    request: { method: 'PUT', path, body },
    next: changed(hand.acknowledged, [[key, { ...values, n, author: by, tags }]]),
  }
}

function patch(hand: Hand): Operation | null {
  const book = someBook(hand)
  if (!book) return null
  const [key, values, path] = book
  const n = more(values['n'])
  const body = [
    { op: 'test', path: '$.n', value: values['n'] },
    { op: 'replace', path: '$.n', value: n },
    { op: 'replace', path: '$.author', value: null },
    { op: 'replace', path: '/tags', value: [hand.id(`tags/${hand.own('tag')}`)] },
  ]
  const after = { ...values, n, author: null, tags: [hand.own('tag')] }
  return {
    request: { method: 'PATCH', path, body },
    next: changed(hand.acknowledged, [[key, after]]),
  }
}

function remove(hand: Hand): Operation | null {
  const book = someBook(hand)
  if (!book) return null
  const [key, , path] = book
  return { request: { method: 'DELETE', path }, next: without(hand.acknowledged, [key]) }
}

/** Some of the client's books. */
const someBooks = (hand: Hand): string[] =>
  hand
    .names('books')
    .filter(() => hand.random(4) === 0)
    .slice(0, 12)

/** Every book of the client's with values that depend on whether it was chosen; those that change. */
function chosen(
  hand: Hand,
  names: readonly string[],
  change: (values: Values, isChosen: boolean) => Values,
): [string, Values][] {
  return hand.names('books').map((name) => {
    const key = `books/${name}`
    return [key, change(hand.acknowledged.get(key) ?? {}, names.includes(name))]
  })
}

function linkFromAuthor(hand: Hand): Operation | null {
  const names = someBooks(hand)
  const own = hand.own('author')
  const after = chosen(hand, names, (values, isChosen) => ({
    ...values,
    author: isChosen ? own : values['author'] === own ? null : (values['author'] ?? null),
  }))
  return {
    request: {
      method: 'PUT',
      path: `/authors/${hand.id(`authors/${own}`)}`,
      body: { books: idsOf(hand, 'books', names) },
    },
    next: changed(hand.acknowledged, after),
  }
}

function linkFromTag(hand: Hand): Operation | null {
  const names = someBooks(hand)
  const own = hand.own('tag')
  const after = chosen(hand, names, (values, isChosen) => {
    const others = (values['tags'] as readonly string[]).filter((tag) => tag !== own)
    return { ...values, tags: isChosen ? [...others, own] : others }
  })
  return {
    request: {
      method: 'PUT',
      path: `/tags/${hand.id(`tags/${own}`)}`,
      body: { books: idsOf(hand, 'books', names) },
    },
    next: changed(hand.acknowledged, after),
  }
}

/** A cover has one book and a book one cover: both lose the one that they had. */
function linkFromCover(hand: Hand): Operation | null {
  const name = hand.one(hand.names('books'))
  const cover = hand.one(hand.names('covers'))
  if (name === undefined || cover === undefined) return null
  const after = chosen(hand, [name], (values, isChosen) => ({
    ...values,
    cover: isChosen ? cover : values['cover'] === cover ? null : (values['cover'] ?? null),
  }))
  return {
    request: {
      method: 'PUT',
      path: `/covers/${hand.id(`covers/${cover}`)}`,
      body: { book: hand.id(`books/${name}`) },
    },
    next: changed(hand.acknowledged, after),
  }
}

/** Makes a book, counts in the tag, changes a book and deletes one: all or nothing. */
function batch(hand: Hand): Operation | null {
  const [one, two] = [someBook(hand), someBook(hand)]
  if (!one || !two || one[0] === two[0]) return null
  const book = newBook(hand)
  const tag = `tags/${hand.own('tag')}`
  const n = more(hand.acknowledged.get(tag)?.['n'])
  const operations = [
    { method: 'POST', path: '/crash/books', body: book.body },
    { method: 'PUT', path: `/crash/tags/${hand.id(tag)}`, body: { n } },
    { method: 'PUT', path: `/crash${one[2]}`, body: { n } },
    { method: 'DELETE', path: `/crash${two[2]}` },
  ]
  const after = changed(hand.acknowledged, [
    [book.key, book.values],
    [tag, { n }],
    [one[0], { ...one[1], n }],
  ])
  return {
    request: { method: 'POST', path: '/_batch', body: { operations } },
    next: without(after, [two[0]]),
    made: [book.key],
  }
}

const moveRequest = (hand: Hand, from: string, to: string, amount: number): Request => ({
  method: 'POST',
  path: `/wallets/_actions/move/${hand.id(`wallets/${from}`)}`,
  body: { to: hand.id(`vaults/${to}`), amount },
})

function moveOwn(hand: Hand): Operation {
  const amount = 1 + hand.random(9)
  const purse = hand.own('purse')
  const after = (collection: string, by: number): [string, Values] => {
    const values = hand.acknowledged.get(`${collection}/${purse}`) ?? {}
    const moves = more(values['moves'])
    return [`${collection}/${purse}`, { balance: Number(values['balance']) + by, moves }]
  }
  return {
    request: moveRequest(hand, purse, purse, amount),
    next: changed(hand.acknowledged, [after('wallets', -amount), after('vaults', amount)]),
  }
}

function moveShared(hand: Hand): Operation {
  const [from, to] = [hand.one(SHARED) ?? '', hand.one(SHARED) ?? '']
  return {
    request: moveRequest(hand, from, to, 1 + hand.random(9)),
    next: hand.acknowledged,
    moves: true,
  }
}

function takeTakenIsbn(hand: Hand): Operation | null {
  const taken = hand.one(hand.names('books'))
  if (taken === undefined) return null
  const body = { name: hand.newName(), isbn: `isbn ${taken}` }
  return {
    request: { method: 'POST', path: '/books', body },
    next: hand.acknowledged,
    refused: 409,
  }
}
