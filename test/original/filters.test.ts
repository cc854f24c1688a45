/**
 * What the original's tests of filters hold (backo tests/test_api_toolbox.py; stricto tests/test_dict.py
 * `match`, test_list.py, test_selectors.py `SFilter`). Where a value of a wrong type finds nothing there,
 * here it is 400, as an unknown field and operator are (http.md "Lists").
 */
import type { Row } from '../http/scenario.ts'
import { scenario } from '../http/scenario.ts'

const yaml = `
backo: 1
name: app
collections:
  things:
    fields:
      name: String
      a: { type: Int, default: 1 }
      c: { type: Tuple, items: [Int, String] }
      f: { type: Dict, fields: { F1: Int } }
      s: String
      d: Datetime
      n: { type: List, items: Int }
      b:
        type: Dict
        fields:
          c: { type: Int, default: 1 }
          l: { type: List, items: { type: Dict, fields: { i: String } } }
`

const THING: Row = {
  send: 'POST /app/things',
  body: {
    name: 'one',
    a: 12,
    b: { c: 33, l: [{ i: 'fir' }, { i: 'sec' }] },
    f: { F1: 11 },
    c: [22, 'h'],
    s: 'bananas',
    n: [12, 13],
    d: '2026-01-02T03:04:05Z',
  },
  status: 201,
}

const find = (filter: unknown, found: boolean, why?: string): Row => ({
  send: 'POST /app/things/_selections/_all',
  body: filter,
  status: 200,
  names: found ? ['one'] : [],
  ...(why === undefined ? {} : { why }),
})
const refused = (filter: unknown): Row => ({
  send: 'POST /app/things/_selections/_all',
  body: filter,
  status: 400,
})

scenario('equality', {
  yaml,
  rows: [
    THING,
    find({}, true),
    refused({ dosnotexist: 23 }),
    refused({ dosnotexist: null }),
    refused({ a: '12' }),
    find({ a: 12 }, true),
    find({ '$.a': 12 }, true),
    find({ a: 13 }, false),
    refused({ a: { ff: false } }),
    find({ f: { F1: 11 } }, true),
    find({ f: { F1: 12 } }, false),
    find({ 'f.F1': 11 }, true),
    find({ '$.f.F1': 11 }, true),
    find({ c: [22, 'h'] }, true, 'a Tuple as a whole'),
    find({ c: [22, 'x'] }, false),
    find({ '$.a': 12, '$.b.c': 33 }, true),
    find({ '$.a': 12, '$.b.c': 22 }, false),
  ],
})

scenario('operators', {
  yaml,
  rows: [
    THING,
    find(
      {
        a: [
          '$and',
          [
            ['$gt', 11],
            ['$lt', 13],
          ],
        ],
      },
      true,
    ),
    find(
      {
        a: [
          '$and',
          [
            ['$lt', 11],
            ['$gt', 11],
          ],
        ],
      },
      false,
    ),
    find(
      {
        a: [
          '$or',
          [
            ['$gt', 11],
            ['$lt', 10],
          ],
        ],
      },
      true,
    ),
    find(
      {
        a: [
          '$or',
          [
            ['$gt', 15],
            ['$lt', 13],
          ],
        ],
      },
      true,
    ),
    refused({ a: ['$unknownoperator', 11] }),
    find({ a: ['$gt', 11] }, true),
    refused({ a: ['$gt', '11'] }),
    find({ s: ['$reg', 'ban.*'] }, true),
    find({ s: ['$reg', 'anas'] }, false, 'from the start'),
    find({ s: ['$re', 'anas'] }, true),
    find({ s: ['$reg', 'Toto.*'] }, false),
    find({ a: ['$gt', 13] }, false),
    find({ a: ['$not', ['$gt', 13]] }, true),
    find({ s: ['$not', ['$reg', 'toto']] }, true),
    find({ f: { F1: ['$ne', 13] } }, true),
    find({ '$.a.$gt': 11 }, true),
    find({ '$.a.$gte': 12, '$.a.$lte': 12 }, true),
    find({ $not: { '$.a': 12 } }, false),
    find({ $not: { '$.a': { $gt: 12 } } }, true),
    find({ $or: [{ '$.a': 12 }, { '$.b.c': 22 }] }, true),
    find({ $or: [{ '$.a': 13 }, { '$.b.c': 22 }] }, false),
    find({ $and: [{ '$.a': 12 }, { '$.b.c': 33 }] }, true),
    find({ $and: [{ a: ['$gt', 11] }, { b: { c: 33 } }] }, true),
    find({ $or: [{ a: ['$gt', 15] }, { b: { c: ['$lt', 34] } }] }, true),
    refused({ $and: 'aa' }),
    refused({ $or: 'aa' }),
    refused({ $and: ['aa'] }),
    refused({ $not: 'aa' }),
    find({ f: ['$and', [{ F1: ['$gt', 9] }, { F1: 11 }]] }, true, 'on a Dict'),
    find({ f: ['$and', [{ F1: ['$gt', 11] }, { F1: 11 }]] }, false),
  ],
})

scenario('lists', {
  yaml,
  rows: [
    THING,
    find({ b: { l: ['$contains', { i: 'sec' }] } }, true),
    find({ b: { l: ['$contains', { i: 'notfound' }] } }, false),
    find({ b: { l: ['$contains', { i: ['$reg', 'sec'] }] } }, true),
    find({ '$.b.l.$contains': { '$.i': 'fir' } }, true),
    find({ n: ['$contains', 12] }, true),
    find({ n: ['$contains', 14] }, false),
    find({ n: ['$contains', ['$gt', 12]] }, true),
    find({ n: ['$contains', ['$gt', 13]] }, false),
    find(
      {
        n: [
          '$contains',
          [
            '$and',
            [
              ['$gt', 10],
              ['$lt', 13],
            ],
          ],
        ],
      },
      true,
    ),
    find(
      {
        n: [
          '$contains',
          [
            '$and',
            [
              ['$gt', 12],
              ['$lt', 13],
            ],
          ],
        ],
      },
      false,
      'both on one element',
    ),
    find({ n: { $contains: { $gt: 12 } } }, true),
    find({ n: ['$all', [12, 13]] }, true),
    find({ n: ['$size', 2] }, true),
    refused({ a: ['$contains', { i: 'fir' }] }),
  ],
})

const query = (text: string, found: boolean): Row => ({
  send: `GET /app/things?${text}`,
  status: 200,
  names: found ? ['one'] : [],
})

scenario('query strings', {
  yaml,
  rows: [
    THING,
    query('a=12&b.c=33', true),
    query('a=12&a=13', false),
    query('b.c.$gt=12&f.F1=11', true),
    query('s=12', false),
    query('s.$re=nan&b.l.i=sec', true),
    query('$.a=12&$.b.c.$gt=12', true),
    query('d.$gt=2026-01-02T03:04:04', true),
    query('d.$lt=2026-01-02T03:04:05', false),
    query('d=2026-01-02T03:04:05', true),
    query('d.$lte=2026-01-02T04:04:05%2B01:00', true),
    query('d.$gt=2026-01-02%2003:04:04', true),
    { send: 'GET /app/things?a=in', status: 400 },
    { send: 'GET /app/things?b=23', status: 400 },
  ],
})
