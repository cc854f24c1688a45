/**
 * A small set of items and links over storage-schema.ts which the contract's read cases ask about,
 * with nulls, dangling references, whole floats, and names that sort differently by UTF-16.
 */
import type { DictValue } from '../../src/expression/expr.ts'
import type { Connector, Write } from '../../src/connectors/connector.ts'
import { docOf } from './storage-schema.ts'

export const ASTRAL = '\u{1F600}'
export const REPLACEMENT = '\uFFFD'

const ITEMS: readonly (readonly [string, string, DictValue])[] = [
  ['addrs', 'a1', { city: 'Rome', zip: 10 }],
  ['addrs', 'a2', { city: 'Oslo', zip: null }],
  ['addrs', 'a3', { city: 'Bern', zip: 30 }],
  ['badges', 'b1', { code: 'X' }],
  ['badges', 'b2', { code: 'Y' }],
  ['badges', 'b3', { code: null }],
  ['products', 'p1', { name: 'Pen', price: 1.5, stats: { rank: 1 } }],
  ['products', 'p2', { name: 'Ink', price: 20, stats: { rank: 2 } }],
  ['products', 'p3', { name: 'Nib', price: null, stats: { rank: null } }],
  ['teams', 't1', { name: 'Red' }],
  ['teams', 't2', { name: 'Blue' }],
  ['teams', 't3', { name: 'Grey' }],
  [
    'users',
    'u1',
    {
      name: 'Ann',
      surname: 'Smith',
      email: 'ann@x.org',
      age: 30,
      score: 1.5,
      male: false,
      born: '1990-01-15T10:20:30.456Z',
      tags: ['a', 'b'],
      address: { street: 'Main 1', city: 'Rome', geo: { lat: 41.9 } },
      lines: [
        { product: 'p1', qty: 2, price: 10.5 },
        { product: 'p2', qty: 1, price: 3 },
      ],
      addr: 'a1',
      badge: 'b1',
    },
  ],
  [
    'users',
    'u2',
    {
      name: 'Bob',
      age: 17,
      score: 2,
      male: true,
      born: '2005-12-31T23:59:59.999Z',
      tags: [],
      address: { city: 'Rome' },
      lines: [],
      addr: 'a1',
      boss: 'u1',
    },
  ],
  [
    'users',
    'u3',
    { name: 'Émile', surname: 'Zola', email: 'e@x.org', addr: 'a2', badge: 'b2', boss: 'u1' },
  ],
  [
    'users',
    'u4',
    {
      name: ASTRAL,
      age: 42,
      score: -0.5,
      male: true,
      tags: ['b', 'c', 'c'],
      address: { street: '', city: 'Oslo', geo: { lat: 0 } },
      lines: [{ product: 'p1', qty: null, price: 1 }],
      boss: 'u9',
    },
  ],
  [
    'users',
    'u5',
    {
      name: REPLACEMENT,
      surname: ' Pad ',
      age: 30,
      score: 7,
      male: null,
      tags: ['a'],
      address: { city: 'Paris' },
      lines: [{ product: null, qty: 5, price: 2.5 }],
      addr: 'a2',
      boss: 'u5',
    },
  ],
]

/** relation, owner, other; in the order in which they are made */
const EDGES: readonly (readonly [string, string, string])[] = [
  ['users.teams', 'u1', 't2'],
  ['users.teams', 'u1', 't1'],
  ['users.teams', 'u3', 't2'],
  ['users.teams', 'u2', 't1'],
  ['users.friends', 'u1', 'u2'],
  ['users.friends', 'u3', 'u1'],
  ['users.likes', 'u4', 'p1'],
  ['users.likes', 'u1', 'p2'],
  ['users.likes', 'u1', 'p1'],
]

export const insert = (collection: string, id: string, some?: DictValue): Write => ({
  kind: 'insert',
  collection,
  id,
  doc: docOf(collection, id, some),
})

/** Puts everything in, in one batch. */
export async function seed(connector: Connector): Promise<void> {
  const items = ITEMS.map(([collection, id, some]) => insert(collection, id, some))
  const edges = EDGES.map(([relation, owner, other]): Write => ({
    kind: 'link',
    relation,
    owner,
    other,
  }))
  await connector.commit({ writes: [...items, ...edges], checks: [] })
}
