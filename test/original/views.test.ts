/**
 * What the tests of stricto hold of views (test_view.py). Where a `+` view keeps empty lists there, config.md:
 * only the fields marked, and the Dicts that hold one.
 */
import { scenario } from '../http/scenario.ts'

const yaml = `
backo: 1
name: app
collections:
  things:
    fields:
      b: { type: Int, views: [ "!v2" ] }
      c: Int
      d:
        type: Dict
        views: [ v5 ]
        fields:
          e: { type: String, default: aa, views: [ "!v2" ] }
          f: { type: String, default: bb, views: [ "!v1", v3 ] }
      x:
        type: Dict
        views: [ "!v1" ]
        fields: { y: Int }
      l: { type: List, items: { type: Dict, fields: { e: { type: String, default: aa }, f: { type: String, default: bb, views: [ "!v1", v3 ] } } }, views: [ "!v2" ] }
`

scenario('views', {
  yaml,
  rows: [
    {
      send: 'POST /app/things',
      body: { b: 1, c: 2, l: [{}] },
      status: 201,
      keep: 'x',
      expect: { d: { e: 'aa', f: 'bb' }, l: [{ e: 'aa', f: 'bb' }] },
    },
    {
      send: 'GET /app/things/{x}?_view=v1',
      status: 200,
      expect: {
        b: 1,
        c: 2,
        d: { e: 'aa', f: undefined },
        x: undefined,
        l: [{ e: 'aa', f: undefined }],
      },
    },
    {
      send: 'GET /app/things/{x}?_view=v2',
      status: 200,
      expect: { b: undefined, c: 2, d: { e: undefined, f: 'bb' }, x: { y: null }, l: undefined },
    },
    {
      send: 'GET /app/things/{x}?_view=%2Bv3',
      status: 200,
      expect: {
        _id: '{x}',
        b: undefined,
        c: undefined,
        d: { e: undefined, f: 'bb' },
        x: undefined,
      },
    },
    {
      send: 'GET /app/things/{x}?_view=+v5',
      status: 200,
      expect: { b: undefined, d: { e: 'aa', f: 'bb' }, l: undefined },
      why: 'a Dict that is marked is there as a whole; a bare + is a space',
    },
    { send: 'GET /app/things/{x}?_view=v5', status: 200, expect: { b: 1, c: 2, d: { e: 'aa' } } },
    {
      send: 'GET /app/things/{x}?_view=chabadabada',
      status: 400,
      why: 'the original gives all; http.md: unknown view',
    },
    {
      send: 'GET /app/things?_view=v2',
      restart: true,
      status: 200,
      expect: { _view: 'v2', result: [{ b: undefined, c: 2 }] },
    },
  ],
})
