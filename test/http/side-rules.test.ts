/** config.md "Expressions": every rule on values still holds, whichever end of a link is written. */
import { scenario } from './scenario.ts'

scenario('rules that look at links', {
  yaml: `
backo: 1
name: app
collections:
  teams:
    fields:
      name: String
      size: { type: Int, default: 9 }
      users: { type: RefsList, coll: users, field: $.team, constraint: "size(value) < 3", ods: UNLINK_REFERENCED_ITEMS }
      head: { type: Ref, coll: users, field: $.leads }
      budget: { type: Int, constraints: [ { expr: "item.head != null || value == 0", message: "No head" } ] }
      tags: { type: RefsList, coll: tags, field: $.teams, ods: UNLINK_REFERENCED_ITEMS }
      open: { type: Bool, constraint: "!value || item.tags.exists(tag, tag.name == 'open')" }
  users:
    fields:
      name: String
      team: { type: Ref, coll: teams, field: $.users }
      leads: { type: Ref, coll: teams, field: $.head }
      mate: { type: Ref, coll: users, field: $.mate }
      shy: { type: Bool, constraint: "!value || item.mate == null" }
  tags:
    fields:
      name: String
      teams: { type: RefsList, coll: teams, field: $.tags, ods: UNLINK_REFERENCED_ITEMS }
`,
  rows: [
    { send: 'POST /app/teams', body: { name: 't' }, status: 201, keep: 't' },
    { send: 'POST /app/users', body: { name: 'a', team: '{t}' }, status: 201, keep: 'a' },
    { send: 'POST /app/users', body: { name: 'b', team: '{t}' }, status: 201, keep: 'b' },
    {
      send: 'POST /app/users',
      body: { name: 'c', team: '{t}' },
      status: 400,
      expect: { errors: [{ path: '$.team', message: /^teams\/.*\$\.users: Constraint not met/ }] },
      why: 'a constraint of the list, from its other side',
    },
    { send: 'POST /app/users', body: { name: 'c' }, status: 201, keep: 'c' },
    {
      send: 'PUT /app/teams/{t}',
      body: { users: ['{a}', '{b}', '{c}'] },
      status: 400,
      expect: { errors: [{ path: '$.users', message: /^Constraint not met/ }] },
    },
    {
      send: 'PUT /app/teams/{t}',
      body: { users: ['{a}', '{c}'] },
      status: 200,
      expect: { users: (ids: string[]) => ids.length === 2 },
    },
    { send: 'PUT /app/teams/{t}', body: { budget: 5 }, status: 400, expect: { detail: /No head/ } },
    { send: 'PUT /app/teams/{t}', body: { budget: 5, head: '{a}' }, status: 200 },
    {
      send: 'PUT /app/users/{a}',
      body: { leads: null },
      status: 400,
      expect: { errors: [{ path: '$.leads', message: /\$\.budget: No head/ }] },
      why: 'another field of the item at the other end',
    },
    { send: 'DELETE /app/users/{a}', status: 409, why: 'so does a deletion' },
    { send: 'PUT /app/teams/{t}', body: { budget: 0 }, status: 200 },
    { send: 'PUT /app/users/{a}', body: { leads: null }, status: 200 },
    { send: 'POST /app/tags', body: { name: 'open', teams: ['{t}'] }, status: 201, keep: 'open' },
    { send: 'PUT /app/teams/{t}', body: { open: true }, status: 200 },
    { send: 'PUT /app/tags/{open}', body: { teams: [] }, status: 400 },
    { send: 'DELETE /app/tags/{open}', status: 409 },
    { send: 'PUT /app/users/{b}', body: { shy: true }, status: 200 },
    {
      send: 'PUT /app/users/{a}',
      body: { mate: '{b}' },
      status: 400,
      expect: { errors: [{ path: '$.mate', message: /\$\.shy/ }] },
      why: 'a side that is its own reverse',
    },
    { send: 'PUT /app/users/{a}', body: { mate: '{c}' }, status: 200 },
    { send: 'PUT /app/users/{c}', body: { shy: true }, status: 400 },
    { send: 'GET /app/users/{c}', restart: true, status: 200, expect: { mate: '{a}', shy: null } },
  ],
})
