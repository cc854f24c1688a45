/** What one request may ask has an upper bound, told in words; what honest clients ask is far below it. */
import { scenario, type Row } from './scenario.ts'

const YAML = `
backo: 1
name: app
server: { body_limit: 8MiB }
collections:
  p:
    id: { expr: "item.name" }
    max_page: 1000
    fields:
      name: { type: String, required: true }
      i: Int
      tags: { type: List, items: String }
      r: { type: Ref, coll: p, field: $.rs }
      rs: { type: RefsList, coll: p, field: $.r }
`
const ALL = 'POST /app/p/_selections/_all'
const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at)
const texts = (count: number): string[] => numbers(count).map((at) => `t${at}`)

const fits = (body: unknown, why: string): Row => ({ send: ALL, body, status: 200, why })
const refused = (body: unknown, detail: RegExp, why: string): Row => ({
  send: ALL,
  body,
  status: 400,
  expect: { detail },
  why,
})
const pattern = (text: string): object => ({ name: { $re: text } })

const READS: readonly Row[] = [
  fits({ i: { $in: numbers(5000) } }, '5000 values'),
  refused({ i: { $in: numbers(5001) } }, /^i.*At most 5000 values/, '5001 values'),
  refused({ i: { $nin: numbers(5001) } }, /At most 5000 values/, '5001 values not'),
  fits({ tags: { $all: texts(500) } }, '500 that a list must have'),
  refused({ tags: { $all: texts(501) } }, /^tags.*At most 500 values/, '501'),
  fits({ $and: texts(20).map(pattern) }, '20 patterns'),
  refused({ $and: texts(21).map(pattern) }, /at most 20 patterns/, '21 patterns'),
  fits(pattern('(a|b){50}'), 'a pattern that repeats'),
  refused(
    pattern('((a|b){50}){20}'),
    /too complex|Not a valid pattern/,
    'that repeats repetitions',
  ),
  refused(pattern(`x${'(y|z)'.repeat(120)}`), /longer than 500|too complex/, 'of many steps'),
  refused(pattern('(?i)[é-ü][è-ö][ê-ô][ë-õ][à-ý]'), /too complex/, 'classes without case'),
  refused({ $or: numbers(600).map((i) => ({ i })) }, /500/, '600 conditions'),
  {
    send: `POST /app/_batch`,
    body: { operations: [{ method: 'GET', path: `/app/p?name=${'x'.repeat(17_000)}` }] },
    status: 400,
    expect: { detail: /longer than 16384 characters/ },
    why: 'a query in a batch is no longer than one of a request',
  },
]

const parent = 'parent-of-all'
const WRITES: readonly Row[] = [
  {
    send: 'POST /app/p',
    body: texts(10_001).map((name) => ({ name })),
    status: 400,
    expect: { detail: /Must have a length <= 10000/ },
    why: 'items in one POST',
  },
  { send: 'GET /app/p?_fields=name', status: 200, names: [], why: 'none of them was kept' },
  { send: 'POST /app/p', body: { name: parent }, status: 201 },
  {
    send: 'POST /app/p',
    body: texts(150).map((name) => ({ name, r: parent })),
    status: 201,
    why: 'a parent of 150',
  },
  {
    send: 'GET /app/p?_page=100&_expand=r&_fields=name,r',
    status: 200,
    expect: { total: 151 },
    why: 'an honest page with what it refers to',
  },
  {
    send: 'GET /app/p?_page=150&_expand=r.rs',
    status: 400,
    expect: { detail: /^_expand.*More than 20000 items/ },
    why: '150 times the 150 of a parent',
  },
]

scenario('upper bounds of what is asked', { yaml: YAML, rows: [...READS, ...WRITES] })
