/** Links made, moved and taken away from both sides while their ends come and go. */
import { made, range, type Client, type Race, type Send } from '../race.ts'

type Strategy = 'MUST_BE_EMPTY' | 'DELETE_REFERENCED_ITEMS' | 'UNLINK_REFERENCED_ITEMS'
const STRATEGIES: readonly Strategy[] = [
  'MUST_BE_EMPTY',
  'DELETE_REFERENCED_ITEMS',
  'UNLINK_REFERENCED_ITEMS',
]

const PARENTS = range(4).map((i) => `p${i}`)
const KIDS = range(8).map((i) => `k${i}`)

/** `list` are options of the RefsList, `ref` of the Ref. */
const family = (list: string, ref: string, storage = ''): string => `
collections:
  parents:
    id: { expr: item.name }
    fields:
      name: String
      kids: { type: RefsList, coll: kids, field: $.parent, ${list} }
  kids:
    id: { expr: item.name }
    ${storage}
    fields:
      name: String
      parent: { type: Ref, coll: parents, field: $.kids, ${ref} }
`

/** Bodies of POSTs, in one batch. */
const madeAll = (
  send: Send,
  bodies: Readonly<Record<string, readonly object[]>>,
): Promise<unknown> =>
  made(send, 'POST /_batch', {
    operations: Object.entries(bodies).map(([name, body]) => ({
      method: 'POST',
      path: `/app/${name}`,
      body,
    })),
  })

const named = (names: readonly string[]): object[] => names.map((name) => ({ name }))

/** The Ref may be required. */
const seedKids = (send: Send): Promise<unknown> =>
  madeAll(send, {
    parents: named(PARENTS),
    kids: KIDS.map((name, i) => ({ name, parent: PARENTS[i % 4] })),
  })

/** The list may be required. */
const seedParents = (send: Send): Promise<unknown> =>
  madeAll(send, {
    kids: named(KIDS),
    parents: PARENTS.map((name, i) => ({ name, kids: [KIDS[i], KIDS[i + 4]] })),
  })

/** Anything that may be done to a family. */
const stir = ({ send, below, pick, own }: Client): Promise<unknown> => {
  const [kid, parent] = [pick(KIDS), pick(PARENTS)]
  switch (below(12)) {
    case 0:
      return send(`DELETE /kids/${kid}`)
    case 1:
      return send(`DELETE /parents/${parent}`)
    case 2:
      return send('POST /kids', { name: own, parent })
    case 3:
    case 4:
      return send('POST /kids', { name: kid, parent: below(3) ? parent : null })
    case 5:
    case 6:
      return send('POST /parents', { name: parent, kids: below(3) ? [kid] : [] })
    case 7:
      return send(`PUT /kids/${kid}`, { parent: below(3) ? parent : null })
    case 8:
      return send(`PUT /parents/${parent}`, { kids: [pick(KIDS), pick(KIDS)] })
    case 9:
      return send(`PATCH /parents/${parent}`, { op: 'add', path: '$.kids[-]', value: kid })
    case 10:
      return send(`PATCH /parents/${parent}`, { op: 'remove', path: '$.kids[0]' })
    default:
      return send(`PUT /kids/${kid}`, { parent })
  }
}

const families: readonly Race[] = STRATEGIES.flatMap((ods) =>
  ['', 'required: true'].map((ref) => ({
    name: `one to many: ${ods}${ref && ', the Ref required'}`,
    yaml: family(`ods: ${ods}`, ref),
    variant: (ref === '') === (ods === 'MUST_BE_EMPTY'),
    seed: seedKids,
    act: stir,
  })),
)

const lengths: readonly Race[] = ['required: true', 'min: 1, max: 3', 'required: true, max: 2'].map(
  (list, i) => ({
    variant: i > 0,
    name: `one to many: a list with ${list}`,
    yaml: family(`ods: UNLINK_REFERENCED_ITEMS, ${list}`, ''),
    seed: seedParents,
    act: stir,
  }),
)

const crowded: readonly Race[] = [
  {
    name: 'one to many: all want to be in one list of five',
    yaml: family('max: 5', ''),
    seed: (send) => made(send, 'POST /parents', { name: 'p0' }),
    act: ({ send, own }) => send('POST /kids', { name: own, parent: 'p0' }),
    statuses: [400],
    after: ({ kept }) => (kept.length === 5 ? [] : [`${kept.length} are in`]),
  },
  {
    name: 'one to many: all leave a list that may not be empty',
    yaml: family('required: true', ''),
    seed: (send) =>
      madeAll(send, {
        kids: named(range(80).map((i) => `k${i}`)),
        parents: [{ name: 'p0', kids: range(80).map((i) => `k${i}`) }],
      }),
    rounds: 1,
    fixed: true,
    act: async ({ send, i }) => {
      for (const j of range(4)) {
        if (j % 2) await send(`DELETE /kids/k${i * 4 + j}`)
        else await send(`PUT /kids/k${i * 4 + j}`, { parent: null })
      }
    },
    statuses: [400, 409],
    after: ({ kept }) => (kept.length === 79 ? [] : [`${kept.length} have left`]),
  },
  {
    name: 'one to many: a crowd of children, and the parent deleted',
    yaml: family('ods: MUST_BE_EMPTY', 'required: true'),
    seed: (send) => made(send, 'POST /parents', named(PARENTS)),
    act: ({ send, own, i, round }) =>
      i === 10
        ? send(`DELETE /parents/p${round}`)
        : send('POST /kids', { name: own, parent: `p${round}` }),
    fixed: true,
    statuses: [400, 409],
  },
]

export const onesToMany: readonly Race[] = [...families, ...lengths, ...crowded]

const pair = (left: string, right: string): string => `
collections:
  holders:
    id: { expr: item.name }
    fields: { name: String, card: { type: Ref, coll: cards, field: $.holder, ${left} } }
  cards:
    id: { expr: item.name }
    fields: { name: String, holder: { type: Ref, coll: holders, field: $.card, ${right} } }
`

const HOLDERS = range(5).map((i) => `h${i}`)
const CARDS = range(5).map((i) => `c${i}`)

const swapCards = ({ send, below, pick, own }: Client): Promise<unknown> => {
  const [holder, card] = [pick(HOLDERS), pick(CARDS)]
  switch (below(10)) {
    case 0:
      return send(`DELETE /holders/${holder}`)
    case 1:
      return send(`DELETE /cards/${card}`)
    case 2:
      return send('POST /holders', { name: holder, card: below(3) ? card : null })
    case 3:
      return send('POST /cards', { name: card, holder: below(3) ? holder : null })
    case 4:
      return send('POST /cards', { name: own, holder })
    case 6:
      return send('POST /holders', { name: holder })
    case 7:
      return send('POST /cards', { name: card })
    case 5:
      return send(`PUT /cards/${card}`, { holder: below(4) ? holder : null })
    default:
      return send(`PUT /holders/${holder}`, { card: below(4) ? card : null })
  }
}

const seedPairs = (send: Send): Promise<unknown> =>
  madeAll(send, {
    cards: named(CARDS),
    holders: HOLDERS.map((name, i) => ({ name, card: CARDS[i] })),
  })

const PEOPLE = range(6).map((i) => `m${i}`)

export const onesToOne: readonly Race[] = [
  ...[
    ['', ''],
    ['required: true', ''],
    ['ods: DELETE_REFERENCED_ITEMS', ''],
    ['', 'ods: MUST_BE_EMPTY'],
  ].map(([left = '', right = '']): Race => ({
    name: `one to one: ${[left, right].filter((each) => each).join(' / ') || 'plain'}`,
    yaml: pair(left, right),
    variant: left === '' && right !== '',
    seed: seedPairs,
    act: swapCards,
  })),
  {
    name: 'one to one: a reference that is its own reverse',
    yaml: `
collections:
  people:
    id: { expr: item.name }
    fields: { name: String, spouse: { type: Ref, coll: people, field: $.spouse } }
`,
    seed: (send) => made(send, 'POST /people', named(PEOPLE)),
    act: ({ send, below, pick }) => {
      const [one, other] = [pick(PEOPLE), pick(PEOPLE)]
      if (below(8) === 0) return send(`DELETE /people/${one}`)
      if (below(3) === 0)
        return send('POST /people', { name: one, spouse: below(2) ? other : null })
      return send(`PUT /people/${one}`, { spouse: below(5) ? other : null })
    },
  },
  {
    name: 'one to one: everyone takes the same card',
    yaml: pair('', ''),
    seed: seedPairs,
    clients: 20,
    act: ({ send, own }) => send('POST /holders', { name: own, card: 'c0' }),
    statuses: [],
  },
]

const shelf = (books: string, tags: string, storage = ''): string => `
collections:
  books:
    id: { expr: item.name }
    fields:
      name: String
      n: { type: Int, default: 0 }
      tags: { type: RefsList, coll: tags, field: $.books, ${books} }
  tags:
    id: { expr: item.name }
    ${storage}
    fields:
      name: String
      books: { type: RefsList, coll: books, field: $.tags, ${tags} }
`

const BOOKS = range(4).map((i) => `b${i}`)
const TAGS = range(6).map((i) => `t${i}`)

const seedShelf = (send: Send): Promise<unknown> =>
  madeAll(send, {
    tags: named(TAGS),
    books: BOOKS.map((name, i) => ({ name, tags: [TAGS[i], TAGS[i + 1], TAGS[i + 2]] })),
  })

const stirShelf = ({ send, below, pick, own }: Client): Promise<unknown> => {
  const [book, tag] = [pick(BOOKS), pick(TAGS)]
  switch (below(12)) {
    case 0:
      return send(`DELETE /books/${book}`)
    case 1:
      return send(`DELETE /tags/${tag}`)
    case 2:
      return send('POST /books', { name: book, tags: [tag, pick(TAGS)].slice(below(3)) })
    case 3:
    case 10:
      return send('POST /tags', { name: tag, books: below(2) ? [book] : [] })
    case 4:
      return send('POST /tags', { name: own, books: [book] })
    case 5:
      return send(`PUT /tags/${tag}`, { books: below(3) ? [book] : [] })
    case 6:
      return send(`PUT /books/${book}`, { tags: below(3) ? [tag, pick(TAGS)] : [] })
    case 7:
      return send(`PATCH /books/${book}`, { op: 'remove', path: '$.tags[0]' })
    default:
      return send(`PATCH /books/${book}`, { op: 'add', path: '$.tags[-]', value: tag })
  }
}

export const manysToMany: readonly Race[] = [
  ...[
    ['ods: UNLINK_REFERENCED_ITEMS', 'ods: UNLINK_REFERENCED_ITEMS'],
    ['ods: UNLINK_REFERENCED_ITEMS', 'ods: DELETE_REFERENCED_ITEMS'],
    ['', 'ods: MUST_BE_EMPTY'],
    [
      'required: true, ods: UNLINK_REFERENCED_ITEMS',
      'min: 1, max: 3, ods: UNLINK_REFERENCED_ITEMS',
    ],
  ].map(([books = '', tags = '']): Race => ({
    name: `many to many: ${books} / ${tags}`,
    yaml: shelf(books, tags),
    variant: !tags.includes('ods: UNLINK'),
    seed: seedShelf,
    act: stirShelf,
  })),
  {
    name: 'many to many: one-way lists, and references in a list',
    yaml: `
collections:
  books:
    id: { expr: item.name }
    fields:
      name: String
      tags: { type: RefsList, coll: tags, ods: UNLINK_REFERENCED_ITEMS }
      lines: { type: List, items: { type: Dict, fields: { tag: { type: Ref, coll: tags, ods: UNLINK_REFERENCED_ITEMS } } } }
      first: { type: Ref, coll: tags }
  tags:
    id: { expr: item.name }
    fields: { name: String }
`,
    seed: (send) => madeAll(send, { tags: named(TAGS), books: named(BOOKS) }),
    act: ({ send, below, pick }) => {
      const [book, tag] = [pick(BOOKS), pick(TAGS)]
      switch (below(8)) {
        case 0:
        case 1:
          return send(`DELETE /tags/${tag}`)
        case 2:
          return send('POST /tags', { name: tag })
        case 3:
          return send(`PUT /books/${book}`, { tags: [tag, pick(TAGS)] })
        case 4:
          return send(`PUT /books/${book}`, { lines: [{ tag }, { tag: pick(TAGS) }] })
        case 5:
          return send(`PUT /books/${book}`, { first: below(2) ? tag : null })
        case 6:
          return send(`PATCH /books/${book}`, { op: 'add', path: '$.tags[-]', value: tag })
        default:
          return send(`PATCH /books/${book}`, { op: 'add', path: '$.lines[-]', value: { tag } })
      }
    },
  },
  {
    name: 'many to many: all want to be in one list of five',
    variant: true,
    yaml: shelf('', 'max: 5'),
    seed: (send) => made(send, 'POST /tags', { name: 't0' }),
    act: ({ send, own }) => send('POST /books', { name: own, tags: ['t0'] }),
    statuses: [400],
    after: ({ kept }) => (kept.length === 5 ? [] : [`${kept.length} are in`]),
  },
  {
    name: 'many to many: friends of friends',
    yaml: `
collections:
  people:
    id: { expr: item.name }
    fields:
      name: String
      friends: { type: RefsList, coll: people, field: $.friends, max: 3, ods: UNLINK_REFERENCED_ITEMS }
`,
    seed: (send) => made(send, 'POST /people', named(PEOPLE)),
    act: ({ send, below, pick }) => {
      const [one, other] = [pick(PEOPLE), pick(PEOPLE)]
      switch (below(6)) {
        case 0:
          return send(`DELETE /people/${one}`)
        case 1:
        case 4:
          return send('POST /people', { name: one, friends: below(2) ? [other] : [] })
        case 2:
          return send(`PUT /people/${one}`, { friends: [other, pick(PEOPLE)] })
        default:
          return send(`PATCH /people/${one}`, { op: 'add', path: '$.friends[-]', value: other })
      }
    },
  },
]

/** No transaction holds two storages together: of one process no two pass each other all the same. */
export const storages: readonly Race[] = [
  ...STRATEGIES.map((ods) => ({
    name: `two storages: one to many, ${ods}`,
    yaml: family(`ods: ${ods}`, '', 'storage: other'),
    variant: ods !== 'DELETE_REFERENCED_ITEMS',
    seed: seedKids,
    act: stir,
  })),
  {
    name: 'two storages: many to many',
    yaml: shelf(
      'required: true, ods: UNLINK_REFERENCED_ITEMS',
      'max: 3, ods: DELETE_REFERENCED_ITEMS',
      'storage: other',
    ),
    seed: seedShelf,
    act: stirShelf,
  },
]

const NODES = range(6).map((i) => `n${i}`)

export const cascades: readonly Race[] = [
  {
    name: 'cascades: rings that are turned while they go',
    yaml: `
collections:
  nodes:
    id: { expr: item.name }
    fields:
      name: String
      next: { type: Ref, coll: nodes, field: $.previous, ods: DELETE_REFERENCED_ITEMS }
      previous: { type: RefsList, coll: nodes, field: $.next, ods: UNLINK_REFERENCED_ITEMS }
      parts: { type: RefsList, coll: parts, field: $.node, ods: DELETE_REFERENCED_ITEMS }
  parts:
    id: { expr: item.name }
    fields:
      name: String
      node: { type: Ref, coll: nodes, field: $.parts, required: true }
      also: { type: Ref, coll: nodes, ods: DELETE_REFERENCED_ITEMS }
`,
    seed: (send) =>
      made(send, 'POST /_batch', {
        operations: [
          { method: 'POST', path: '/app/nodes', body: NODES.map((name) => ({ name })) },
          ...NODES.map((name, i) => ({
            method: 'PUT',
            path: `/app/nodes/${name}`,
            body: { next: NODES[(i + 1) % 6] },
          })),
        ],
      }),
    act: ({ send, below, pick, own }) => {
      const [one, other] = [pick(NODES), pick(NODES)]
      switch (below(8)) {
        case 0:
          return send(`DELETE /nodes/${one}`)
        case 1:
        case 2:
          return send('POST /nodes', { name: one, next: below(3) ? other : null })
        case 3:
        case 4:
          return send('POST /parts', { name: own, node: one, also: below(2) ? other : null })
        case 5:
          return send(`PUT /nodes/${one}`, { previous: [other] })
        default:
          return send(`PUT /nodes/${one}`, { next: below(3) ? other : null })
      }
    },
  },
]
