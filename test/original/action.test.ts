/** What the original's tests of actions hold (tests/test_action.py). */
import { scenario } from '../http/scenario.ts'

const user = (available: boolean, executable: boolean): string => `
backo: 1
name: myApp
collections:
  users:
    fields:
      name: String
      comments: { type: List, items: String, default: [] }
      stars: { type: Int, default: 0 }
    actions:
      increase:
        schema: { comment: String, num: { type: Int, default: 0 } }
        can_see: ${available}
        can_execute: ${executable}
        set: { $.comments: "item.comments + [action.comment]", $.stars: item.stars + action.num }
      decrease:
        schema: { comment: String, num: { type: Int, default: 0 } }
        set: { $.comments: "item.comments + [action.comment]", $.stars: item.stars - action.num }
`

scenario('up and down', {
  yaml: user(true, true),
  rows: [
    {
      send: 'POST /myApp/users',
      body: { name: 'bebert' },
      status: 201,
      keep: 'u',
      expect: { stars: 0, comments: [] },
    },
    {
      send: 'POST /myApp/users/_actions/increase/{u}',
      body: { comment: 'good boy', num: 2 },
      status: 200,
      expect: { stars: 2, comments: ['good boy'] },
    },
    {
      send: 'POST /myApp/users/_actions/decrease/{u}',
      body: { comment: 'bad boy', num: 1 },
      status: 200,
      expect: { stars: 1, comments: ['good boy', 'bad boy'] },
    },
    {
      send: 'POST /myApp/users/_actions/increase/{u}',
      body: { comment: 'nothing' },
      status: 200,
      expect: { stars: 1 },
      why: 'num has a default',
    },
    {
      send: 'GET /myApp/users/{u}',
      restart: true,
      status: 200,
      expect: { stars: 1, comments: ['good boy', 'bad boy', 'nothing'] },
    },
  ],
})

scenario('not available', {
  yaml: user(false, true),
  rows: [
    { send: 'POST /myApp/users', body: { name: 'bebert' }, status: 201, keep: 'u' },
    {
      send: 'POST /myApp/users/_actions/increase/{u}',
      body: { comment: 'x', num: 2 },
      status: 403,
    },
    { send: 'GET /myApp/users/{u}', status: 200, expect: { stars: 0 } },
  ],
})

scenario('forbidden', {
  yaml: user(true, false),
  rows: [
    { send: 'POST /myApp/users', body: { name: 'bebert' }, status: 201, keep: 'u' },
    {
      send: 'POST /myApp/users/_actions/increase/{u}',
      body: { comment: 'x', num: 2 },
      status: 401,
      why: 'nobody is logged in',
    },
    { send: 'GET /myApp/users/{u}', status: 200, expect: { stars: 0 } },
  ],
})
