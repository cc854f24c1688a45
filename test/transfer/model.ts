/** A model in which everything refers to everything: all cardinalities, both ways required, nested, in lists, cycles. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fakeTerminal } from '../cli/fake-terminal.ts'
import { main } from '../../src/cli/main.ts'

export const COLLECTIONS = `
default_rights: false
hooks: []
collections:
  people:
    history: true
    fields:
      name: { type: String, required: true, unique: true }
      mail: Email
      password: Password
      boss: { type: Ref, coll: people, field: $.staff }
      staff: { type: RefsList, coll: people, field: $.boss }
      friends: { type: RefsList, coll: people, field: $.friends }
      spouse: { type: Ref, coll: people, field: $.spouse }
      home: { type: Dict, fields: { city: String, house: { type: Ref, coll: houses, field: $.owner } } }
      likes: { type: RefsList, coll: books }
  houses:
    fields:
      street: String
      owner: { type: Ref, coll: people, field: $.home.house }
  teams:
    fields:
      name: { type: String, required: true }
      players: { type: RefsList, coll: players, field: $.team, required: true, min: 2 }
  players:
    fields:
      name: String
      team: { type: Ref, coll: teams, field: $.players, required: true }
  chains:
    fields: { next: { type: Ref, coll: chains, required: true } }
  tags:
    fields:
      name: String
      books: { type: RefsList, coll: books, field: $.tags, ofs: NOT_FILL }
  books:
    fields:
      title: { type: String, required: true, transform: value.trim() }
      pages: { type: Int, min: 1 }
      price: Float
      sold: Bool
      born: Datetime
      raw: Bytes
      free: FreeDict
      any: { type: In, types: [Int, String] }
      pair: { type: Tuple, items: [Int, String] }
      double: { type: Int, set: item.pages * 2 }
      words: { type: List, items: String }
      cover: File
      lines: { type: List, items: { type: Dict, fields: { n: Int, author: { type: Ref, coll: people } } } }
      tags: { type: RefsList, coll: tags, field: $.books }
      sequel: { type: Ref, coll: books }
`

/** A folder with a backo.yaml over a storage; gives the folder. */
export function application(parent: string, name: string, storage: object, more = ''): string {
  const folder = join(parent, name)
  mkdirSync(folder)
  const head = `backo: 1\nname: app\nstorage: ${JSON.stringify({ default: storage })}\n`
  writeFileSync(join(folder, 'backo.yaml'), head + (more === '' ? COLLECTIONS : more))
  return folder
}

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

export async function run(cwd: string, ...args: readonly string[]): Promise<Ran> {
  const fake = fakeTerminal({ cwd })
  const code = await main(args, fake.terminal)
  return { code, out: fake.out(), err: fake.err() }
}

const by = { _id: 'u1', login: 'marie' }
const meta = (day: string): object => ({
  ctime: `2020-01-${day}T00:00:00.000Z`,
  mtime: `2021-01-${day}T00:00:00.000Z`,
  created_by: by,
  modified_by: by,
})

/** In an order in which hardly anything is there that is referred to. */
export const ROWS: readonly object[] = [
  {
    _collection: 'books',
    _id: 'b2',
    title: 'Two',
    tags: ['t2', 't1'],
    sequel: 'b3',
    _meta: meta('01'),
  },
  {
    _collection: 'books',
    _id: 'b1',
    title: '  =One, "quoted"\nand more ',
    pages: 7,
    price: 1.5,
    sold: false,
    born: '2001-02-03T04:05:06.789Z',
    raw: 'AAEC',
    cover: { filename: 'a.txt', content_type: 'text/plain', content: 'aGVsbG8=' },
    free: { a: [1, { b: null }] },
    any: '12',
    pair: [1, 'x'],
    words: ['', 'b'],
    lines: [{ n: 1, author: 'p2' }, { n: 2 }],
    tags: ['t1', 't3'],
  },
  { _collection: 'books', _id: 'b3', title: '', pages: 1, any: 12, tags: [] },
  { _collection: 'chains', _id: 'c1', next: 'c2' },
  { _collection: 'chains', _id: 'c2', next: 'c3' },
  { _collection: 'chains', _id: 'c3', next: 'c1' },
  { _collection: 'chains', _id: 'c4', next: 'c1' },
  { _collection: 'chains', _id: 'c5', next: 'c5' },
  { _collection: 'teams', _id: 'm1', name: 'Reds', players: ['y1', 'y2', 'y3'] },
  {
    _collection: 'people',
    _id: 'p1',
    name: 'Ann',
    password: 'secret',
    boss: 'p3',
    friends: ['p3', 'p2'],
    home: { city: 'Ulm', house: 'h1' },
    likes: ['b2', 'b1'],
    _meta: meta('02'),
  },
  { _collection: 'people', _id: 'p2', name: 'Bob', mail: 'b@x.org', boss: 'p1', spouse: 'p3' },
  { _collection: 'people', _id: 'p3', name: 'Cy', friends: ['p3'] },
  { _collection: 'players', _id: 'y1', name: 'a', team: 'm1' },
  { _collection: 'players', _id: 'y2', team: 'm1' },
  { _collection: 'players', _id: 'y3', team: 'm1' },
  { _collection: 'houses', _id: 'h1', street: 'Main' },
  { _collection: 'tags', _id: 't1', name: 'x' },
  { _collection: 'tags', _id: 't2', name: 'y' },
  { _collection: 'tags', _id: 't3', name: 'z' },
]

export const ndjson = (rows: readonly object[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('')
