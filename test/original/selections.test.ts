/** What the original's tests of selections hold (tests/test_selections.py). */
import type { Row } from '../http/scenario.ts'
import { scenario } from '../http/scenario.ts'

const yaml = `
backo: 1
name: myApp
collections:
  users:
    id: { expr: "'User_' + item.name + '_' + item.surname" }
    fields: { name: String, surname: String, male: { type: Bool, default: true } }
    selections:
      myselection: { selectors: [ $.name, $.male ] }
      ms: { selectors: [ $.name, $.male ], filter: { name: { $reg: bert } } }
      pauls: { selectors: [ $.name, $.male ], filter: { name: { $reg: paul } } }
      closed: { selectors: [ $.name ], can_read: false }
`

const people = [
  { name: 'paul', surname: 'bebert' },
  { name: 'bert1', surname: 'bert1' },
  { name: 'bert2', surname: 'bert2' },
].map((body): Row => ({ send: 'POST /myApp/users', body, status: 201 }))

const all = (body: unknown, total: number): Row => ({
  send: 'POST /myApp/users/_selections/_all',
  body,
  status: 200,
  expect: { total },
})

scenario('of all and of some', {
  yaml,
  rows: [
    ...people,
    all({}, 3),
    all({ name: 'bert2' }, 1),
    all({ '$.name': 'bert2' }, 1),
    all({ male: true }, 3),
    all({ name: ['$reg', 'bert.*'] }, 2),
    { send: 'GET /myApp/users/_selections/_all', status: 200, expect: { total: 3 } },
    { send: 'GET /myApp/users/_selections/myselection', status: 200, expect: { total: 3 } },
    {
      send: 'POST /myApp/users/_selections/myselection',
      body: { surname: 'bebert' },
      status: 200,
      expect: { result: [['User_paul_bebert', 'paul', true]], total: 1 },
      why: 'what is not shown may be asked for',
    },
    {
      send: 'POST /myApp/users/_selections/ms',
      body: { surname: 'bert2' },
      status: 200,
      expect: { result: [['User_bert2_bert2', 'bert2', true]], total: 1 },
    },
    {
      send: 'GET /myApp/users/_selections/ms?surname=bebert',
      status: 200,
      expect: { result: [], total: 0 },
      why: 'the filter of the file holds too',
    },
    { send: 'GET /myApp/users/_selections/closed', status: 401 },
    { send: 'GET /myApp/users/_selections/unknown', status: 404 },
  ],
})

const number = (index: number): string => String(index).padStart(3, '0')
const page = (first: number, step: number, count: number): unknown[] =>
  Array.from({ length: count }, (_, i) => {
    const n = number(first + i * step)
    return [`User_paul_${n}_bebert_${n}`, `paul_${n}`, (first + i * step) % 2 === 1]
  })

scenario('by pages', {
  yaml,
  rows: [
    {
      send: 'POST /myApp/users',
      body: Array.from({ length: 55 }, (_, i) => ({
        name: `paul_${number(i)}`,
        surname: `bebert_${number(i)}`,
        male: i % 2 === 1,
      })),
      status: 201,
    },
    {
      send: 'GET /myApp/users/_selections/pauls?_page=0',
      status: 200,
      expect: { total: 55, result: page(0, 1, 55) },
    },
    ...[0, 10, 50].map((skip): Row => ({
      send: `GET /myApp/users/_selections/pauls?_page=10&_skip=${skip}`,
      restart: true,
      status: 200,
      expect: { total: 55, _skip: skip, _page: 10, result: page(skip, 1, Math.min(10, 55 - skip)) },
    })),
    {
      send: 'GET /myApp/users/_selections/pauls?male=true&_page=10',
      status: 200,
      expect: { total: 27, result: page(1, 2, 10) },
    },
    {
      send: 'POST /myApp/users/_selections/pauls?_page=10',
      body: { male: true },
      status: 200,
      expect: { total: 27, result: page(1, 2, 10) },
    },
    {
      send: 'POST /myApp/users/_selections/pauls?_page=2&_sort=-name&_total=false',
      body: { male: true },
      status: 200,
      expect: { result: page(53, -2, 2) },
    },
  ],
})
