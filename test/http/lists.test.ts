/** http.md "Lists", "Filters" and "Selections". */
import { scenario } from './scenario.ts'

const PEOPLE = `
backo: 1
name: app
collections:
  people:
    max_page: 100
    fields:
      name: String
      age: { type: Int, index: true }
      height: Float
      male: { type: Bool, default: true }
      born: Datetime
      tags: { type: List, items: String }
      extra: FreeDict
      home: { type: Ref, coll: homes, field: $.people }
      rent: { type: Dict, fields: { price: Int, paid: Bool } }
      lines: { type: List, items: { type: Dict, fields: { price: Int, what: String } } }
      friends: { type: RefsList, coll: people, field: $.friends }
    selections:
      tall:
        selectors: [ $.name, $.home.country.code, $.tags, $.lines.price ]
        filter: { height: { $gte: 1.8 } }
        sort: [ -height ]
      young: { selectors: [ $.name ], filter: { expr: "item.age < 18" } }
  homes:
    fields:
      name: String
      country: { type: Ref, coll: countries }
      people: { type: RefsList, coll: people, field: $.home, ods: UNLINK_REFERENCED_ITEMS }
  countries:
    fields: { name: String, code: String }
`

const setUp = [
  {
    send: 'POST /app/countries',
    body: { name: 'France', code: 'FR' },
    status: 201,
    keep: 'france',
  },
  { send: 'POST /app/countries', body: { name: 'Spain', code: 'ES' }, status: 201, keep: 'spain' },
  {
    send: 'POST /app/homes',
    body: { name: 'villa', country: '{france}' },
    status: 201,
    keep: 'villa',
  },
  {
    send: 'POST /app/homes',
    body: { name: 'finca', country: '{spain}' },
    status: 201,
    keep: 'finca',
  },
  {
    send: 'POST /app/people',
    body: {
      name: 'Anna',
      age: 30,
      height: 1.7,
      male: false,
      born: '1990-01-01',
      tags: ['a', 'b'],
      home: '{villa}',
      rent: { price: 500, paid: true },
      lines: [
        { price: 5, what: 'x' },
        { price: 50, what: 'y' },
      ],
    },
    status: 201,
    keep: 'anna',
  },
  {
    send: 'POST /app/people',
    body: {
      name: 'Bob',
      age: 40,
      height: 1.8,
      born: '1980-06-01T12:00:00+02:00',
      tags: ['b'],
      home: '{finca}',
      rent: { price: 900, paid: false },
      lines: [{ price: 7, what: 'y' }],
    },
    status: 201,
    keep: 'bob',
  },
  {
    send: 'POST /app/people',
    body: {
      name: 'Carl',
      age: 12,
      height: 1.9,
      tags: [],
      home: '{villa}',
      friends: ['{anna}'],
      extra: { a: { b: 1 } },
    },
    status: 201,
    keep: 'carl',
  },
  { send: 'POST /app/people', body: { name: '12', age: 0 }, status: 201, keep: 'twelve' },
  { send: 'POST /app/people', body: { name: 'Zoé de la Ö' }, status: 201, keep: 'zoe' },
] as const

const list = (
  query: string,
  names: readonly string[],
  why?: string,
): { send: string; status: number; names: readonly string[]; expect: object; why: string } => ({
  send: `GET /app/people?${query}${query.includes('_sort') ? '' : '&_sort=name'}`,
  status: 200,
  names,
  expect: { _view: 'client' },
  why: why ?? query,
})
const refused = (
  query: string,
  names: RegExp,
): { send: string; status: number; expect: object } => ({
  send: `GET /app/people?${query}`,
  status: 400,
  expect: { status: 400, detail: names, title: String },
})
const ALL = ['12', 'Anna', 'Bob', 'Carl', 'Zoé de la Ö']

scenario('lists', {
  yaml: PEOPLE,
  rows: [
    ...setUp,
    {
      send: 'GET /app/people',
      status: 200,
      names: ['Anna', 'Bob', 'Carl', '12', 'Zoé de la Ö'],
      expect: { total: 5, _view: 'client', _skip: 0, _page: 10, _next: undefined },
      why: 'sorted by _id, which is by time',
    },
    list('', ALL),
    // equality and types
    list('name=Anna', ['Anna']),
    list('name=anna', []),
    list('name=12', ['12'], 'a String is compared as a string'),
    list('name=Zo%C3%A9+de+la+%C3%96', ['Zoé de la Ö']),
    list('age=30', ['Anna']),
    list('age=0', ['12'], '0 is a value'),
    list('male=false', ['Anna']),
    list('male=true&age.$gte=30', ['Bob']),
    list('name=Anna&name=Bob', [], 'a repeated key: all must hold'),
    list('age.$gt=0&age.$gt=12', ['Anna', 'Bob']),
    list('rent.price=500', ['Anna']),
    list('rent.paid=false', ['Bob']),
    list('born.$lt=1985-01-01', ['Bob']),
    list('born=1980-06-01T10:00:00Z', ['Bob'], 'the same moment in another zone'),
    list('home={villa}', ['Anna', 'Carl']),
    list('_id={bob}', ['Bob']),
    // operators
    list('age.$eq=30', ['Anna']),
    list('age.$ne=30', ['12', 'Bob', 'Carl', 'Zoé de la Ö'], '$ne matches an unset field'),
    list('age.$lt=12', ['12']),
    list('age.$lte=12', ['12', 'Carl']),
    list('age.$gt=30', ['Bob']),
    list('age.$gte=30', ['Anna', 'Bob']),
    list('height.$gte=1.8', ['Bob', 'Carl']),
    list('age.$in=30,40', ['Anna', 'Bob']),
    list('age.$in=30&age.$in=40', ['Anna', 'Bob'], '$in takes repeated keys'),
    list('name.$in=Anna', ['Anna']),
    list('age.$nin=30,40', ['12', 'Carl', 'Zoé de la Ö']),
    list('name.$reg=A', ['Anna']),
    list('name.$reg=nna', [], '$reg matches from the start'),
    list('name.$re=nna', ['Anna']),
    list('name.$re=%5E.o', ['Bob', 'Zoé de la Ö']),
    list('age.$exists=false', ['Zoé de la Ö']),
    list('age.$exists=true', ['12', 'Anna', 'Bob', 'Carl']),
    list('tags.$contains=a', ['Anna']),
    list('tags.$all=a,b', ['Anna']),
    list('tags.$size=1', ['Bob']),
    list('tags.$size=0', ['Carl']),
    list('home.$exists=true', ['Anna', 'Bob', 'Carl']),
    // paths
    list('home.name=villa', ['Anna', 'Carl'], 'through a reference'),
    list('home.country.code=ES', ['Bob'], 'through two references'),
    list('lines.price=7', ['Bob'], 'in a List of Dicts: any element'),
    list('lines.price.$gt=10', ['Anna']),
    list('friends.name=Anna', ['Carl'], 'through a RefsList'),
    list('friends.name=Carl', ['Anna'], 'a side that is its own reverse'),
    // refused
    refused('nope=1', /nope/),
    refused('age.nope=1', /nope/),
    refused('rent.nope=1', /nope/),
    refused('age.$nope=1', /\$nope/),
    refused('_nope=1', /_nope/),
    refused('age=x', /age/),
    refused('age.$gt=1.5x', /age/),
    refused('male=maybe', /male/),
    refused('born=yesterday', /born/),
    refused('name.$re=(', /name/),
    refused('_page=-1', /_page/),
    refused('_page=x', /_page/),
    refused('_page=101', /_page/),
    refused('_skip=-1', /_skip/),
    refused('_sort=nope', /nope/),
    refused('_view=nope', /nope/),
    refused('_fields=nope', /nope/),
    refused('_expand=nope', /nope/),
    refused('_after=nonsense', /_after/),
    refused('_total=perhaps', /_total/),
    refused('constructor=1', /constructor/),
    refused('__proto__=1', /__proto__/),
    refused('__proto__.x=1', /__proto__/),
    refused('name.$reg=%E0%A4', /percent/),
  ],
})

scenario('pages and order', {
  yaml: PEOPLE,
  rows: [
    ...setUp,
    {
      send: 'GET /app/people?_page=2&_sort=name',
      status: 200,
      names: ['12', 'Anna'],
      expect: { total: 5, _page: 2, _skip: 0, _next: String },
    },
    {
      send: 'GET /app/people?_page=2&_skip=2&_sort=name',
      status: 200,
      names: ['Bob', 'Carl'],
      expect: { total: 5, _skip: 2, _next: String },
    },
    {
      send: 'GET /app/people?_page=2&_skip=4&_sort=name',
      status: 200,
      names: ['Zoé de la Ö'],
      expect: { total: 5, _next: undefined },
    },
    { send: 'GET /app/people?_skip=100', status: 200, names: [], expect: { total: 5 } },
    {
      send: 'GET /app/people?_page=0',
      status: 200,
      names: ['Anna', 'Bob', 'Carl', '12', 'Zoé de la Ö'],
      why: '0 is as many as max_page',
    },
    {
      send: 'GET /app/people?_total=false',
      status: 200,
      expect: { total: undefined, result: (rows: unknown[]) => rows.length === 5 },
    },
    {
      send: 'GET /app/people?_sort=age,name',
      status: 200,
      names: ['Zoé de la Ö', '12', 'Carl', 'Anna', 'Bob'],
      why: 'unset sorts first',
    },
    {
      send: 'GET /app/people?_sort=-age',
      status: 200,
      names: ['Bob', 'Anna', 'Carl', '12', 'Zoé de la Ö'],
      why: 'and last when descending',
    },
    {
      send: 'GET /app/people?_sort=-male,-name&age.$exists=true',
      status: 200,
      names: ['Carl', 'Bob', '12', 'Anna'],
    },
    {
      send: 'GET /app/people?_sort=home.name,name',
      status: 200,
      names: ['12', 'Zoé de la Ö', 'Bob', 'Anna', 'Carl'],
      why: 'by a path through a reference',
    },
    {
      send: 'GET /app/people?_sort=rent.price&rent.price.$exists=true',
      status: 200,
      names: ['Anna', 'Bob'],
    },
    {
      send: 'GET /app/people?_fields=$.age,rent.price&_sort=-age&_page=1',
      status: 200,
      expect: {
        result: [
          { _id: '{bob}', age: 40, rent: { price: 900 }, name: undefined, _meta: undefined },
        ],
      },
    },
    {
      send: 'GET /app/people?_expand=home&name=Anna',
      status: 200,
      expect: { result: [{ home: { _id: '{villa}', name: 'villa', country: '{france}' } }] },
    },
    {
      send: 'GET /app/people?_expand=home.country&name=Anna',
      status: 200,
      expect: { result: [{ home: { country: { code: 'FR' } } }] },
    },
    {
      send: 'GET /app/homes?_expand=people&name=finca',
      status: 200,
      expect: { result: [{ people: [{ _id: '{bob}', name: 'Bob' }] }] },
    },
    {
      send: 'GET /app/people?_expand=home&name=12',
      status: 200,
      expect: { result: [{ home: null }] },
    },
  ],
})

scenario('selections', {
  yaml: PEOPLE,
  rows: [
    ...setUp,
    {
      send: 'GET /app/people/_selections/_all?_sort=name&age.$gte=30',
      status: 200,
      names: ['Anna', 'Bob'],
      expect: { total: 2, _page: 10 },
    },
    {
      send: 'POST /app/people/_selections/_all?_sort=name',
      body: { $or: [{ name: 'Bob' }, { age: { $lt: 12 } }] },
      status: 200,
      names: ['12', 'Bob'],
    },
    {
      send: 'POST /app/people/_selections/_all?_sort=name',
      body: { age: ['$gt', 12] },
      status: 200,
      names: ['Anna', 'Bob'],
      why: 'the pair form',
    },
    {
      send: 'POST /app/people/_selections/_all',
      body: { rent: { price: 900 } },
      status: 200,
      names: ['Bob'],
      why: 'a nested object is a dotted path',
    },
    {
      send: 'POST /app/people/_selections/_all',
      body: { 'name.$reg': 'Bo' },
      status: 200,
      names: ['Bob'],
    },
    {
      send: 'POST /app/people/_selections/_all?_sort=name',
      body: { $not: { male: true }, age: { $exists: true } },
      status: 200,
      names: ['Anna'],
    },
    {
      send: 'POST /app/people/_selections/_all?_sort=name',
      body: { age: { $eq: null } },
      status: 200,
      names: ['Zoé de la Ö'],
    },
    {
      send: 'POST /app/people/_selections/_all?_sort=name',
      body: { age: null },
      status: 200,
      names: ['Zoé de la Ö'],
    },
    {
      send: 'POST /app/people/_selections/_all',
      body: { lines: { $contains: { price: { $gt: 10 }, what: 'y' } } },
      status: 200,
      names: ['Anna'],
    },
    {
      send: 'POST /app/people/_selections/_all',
      body: { lines: { $contains: { price: { $gt: 10 }, what: 'x' } } },
      status: 200,
      names: [],
      why: 'both of one element',
    },
    {
      send: 'POST /app/people/_selections/_all',
      body: { nope: 1 },
      status: 400,
      expect: { detail: /nope/ },
    },
    {
      send: 'POST /app/people/_selections/_all',
      body: { age: { $nope: 1 } },
      status: 400,
      expect: { detail: /\$nope/ },
    },
    {
      send: 'POST /app/people/_selections/_all',
      body: { age: 'x' },
      status: 400,
      expect: { detail: /age/ },
    },
    { send: 'POST /app/people/_selections/_all', body: [], status: 400 },
    { send: 'POST /app/people/_selections/_all', body: 'x', status: 400 },
    {
      send: 'POST /app/people/_selections/_all',
      body: { $or: {} },
      status: 400,
      expect: { detail: /\$or/ },
    },
    {
      send: 'POST /app/people/_selections/_all',
      body: { $or: [] },
      status: 200,
      expect: { total: 0 },
      why: 'none of nothing holds',
    },
    {
      send: 'GET /app/people/_selections/tall',
      status: 200,
      expect: {
        result: [
          ['{carl}', 'Carl', 'FR', [], null],
          ['{bob}', 'Bob', 'ES', ['b'], [7]],
        ],
        total: 2,
        _skip: 0,
        _page: 10,
      },
    },
    {
      send: 'GET /app/people/_selections/tall?home.country.code=ES',
      status: 200,
      expect: { result: [['{bob}', 'Bob', 'ES', ['b'], [7]]], total: 1 },
    },
    {
      send: 'POST /app/people/_selections/tall',
      body: { name: 'Carl' },
      status: 200,
      expect: { total: 1, result: [['{carl}', 'Carl', 'FR', [], null]] },
    },
    {
      send: 'GET /app/people/_selections/young',
      status: 200,
      expect: {
        result: [
          ['{carl}', 'Carl'],
          ['{twelve}', '12'],
        ],
        total: 2,
      },
    },
    { send: 'GET /app/people/_selections/tal', status: 404, expect: { hint: /tall/ } },
    { send: 'GET /app/people/_selections/tall?_page=101', status: 400 },
    {
      send: 'PUT /app/people/_selections/tall',
      body: {},
      status: 405,
      sent: { allow: 'GET, HEAD, POST, OPTIONS' },
    },
  ],
})

scenario('cursors', {
  yaml: PEOPLE,
  rows: [
    ...setUp,
    { send: 'GET /app/people?_page=2', status: 200, names: ['Anna', 'Bob'], keep: 'p' },
    {
      send: 'GET /app/people?_page=2&_after={p.next}',
      status: 200,
      names: ['Carl', '12'],
      expect: { total: 5 },
      keep: 'p',
    },
    {
      send: 'GET /app/people?_page=2&_after={p.next}',
      status: 200,
      names: ['Zoé de la Ö'],
      expect: { _next: undefined },
    },
    {
      send: 'GET /app/people?_page=2&_sort=-age,name',
      status: 200,
      names: ['Bob', 'Anna'],
      keep: 'q',
    },
    {
      send: 'GET /app/people?_page=2&_sort=name&_after={q.next}',
      status: 400,
      expect: { detail: /_after/ },
      why: 'a cursor of another order',
    },
    {
      send: 'GET /app/people?_page=2&_sort=-age,name&_after={q.next}',
      status: 200,
      names: ['Carl', '12'],
      keep: 'q',
    },
    {
      send: 'GET /app/people?_page=2&_sort=-age,name&_after={q.next}',
      status: 200,
      names: ['Zoé de la Ö'],
      why: 'unset last',
    },
    { send: 'GET /app/people?_page=1&_sort=age', status: 200, names: ['Zoé de la Ö'], keep: 'r' },
    {
      send: 'GET /app/people?_page=1&_sort=age&_after={r.next}',
      status: 200,
      names: ['12'],
      why: 'past an unset value',
    },
    {
      send: 'GET /app/people?_page=1&male=true&_sort=home.name,name&home.$exists=true',
      status: 200,
      names: ['Bob'],
      keep: 's',
    },
    {
      send: 'GET /app/people?_page=1&male=true&_sort=home.name,name&home.$exists=true&_after={s.next}',
      status: 200,
      names: ['Carl'],
    },
    { send: 'POST /app/people', body: { name: 'Aaa', age: 99 }, status: 201 },
    {
      send: 'GET /app/people?_page=2&_after={p.next}&_total=false',
      status: 200,
      names: ['Zoé de la Ö', 'Aaa'],
      why: 'what came since is on a later page',
    },
  ],
})
