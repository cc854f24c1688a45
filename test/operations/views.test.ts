/** config.md "Views", and fields computed on read: shown, filtered, sorted and selected without being stored. */
import t from 'tap'
import { walk } from './walk.ts'
import { world } from './world.ts'

const YAML = `
collections:
  people:
    views: { short: [ $.name, $.home.city ], "!short": [] }
    fields:
      name: String
      age: { type: Int, views: [card] }
      secret: { type: Int, views: ["!client"] }
      twice: { type: Int, set: item.age * 2, views: ["!save"] }
      four: { type: Int, set: item.twice * 2 }
      born: Datetime
      old: { type: Bool, set: "item.born < now() - duration('24h')" }
      days: { type: Int, set: "(now() - item.born).getHours() / 24" }
      home: { type: Dict, fields: { city: String, zip: { type: Int, views: [card] }, deep: { type: Dict, fields: { x: { type: Int, views: [card, "!client"] }, y: Int } } } }
      boss: { type: Ref, coll: people, field: $.staff }
      staff: { type: RefsList, coll: people, field: $.boss, ods: UNLINK_REFERENCED_ITEMS, views: [card] }
      boss_age: { type: Int, set: item.boss.age }
    selections:
      old: { selectors: [ $.name, $.old, $.twice, $.boss.twice ], filter: { old: true }, sort: [ -twice ] }
`

const keys = (expected: string) => (item: object) => Object.keys(item).join() === expected

void t.test('views', async (t) => {
  const w = await world(YAML)
  t.teardown(() => w.close())
  const ann = {
    name: 'ann',
    age: 40,
    secret: 1,
    born: '2001-01-01',
    home: { city: 'Rome', zip: 5, deep: { x: 1, y: 2 } },
  }
  const at = (view: string): string => `GET /app/people/{ann}?_view=${view}`
  await walk(t, w, [
    { send: 'POST /app/people', body: ann, keep: 'ann' },
    {
      send: 'POST /app/people',
      body: { name: 'bob', age: 20, boss: '{ann}', born: '2999-01-01' },
      keep: 'bob',
    },
    {
      send: 'GET /app/people/{ann}',
      expect: keys('_id,name,age,twice,four,born,old,days,home,boss,staff,boss_age,_meta'),
    },
    { send: 'GET /app/people/{ann}', expect: { home: { deep: keys('y') } } },
    {
      send: at('client'),
      expect: keys('_id,name,age,twice,four,born,old,days,home,boss,staff,boss_age,_meta'),
    },
    {
      send: at('save'),
      expect: keys('_id,name,age,secret,four,born,old,days,home,boss,staff,boss_age,_meta'),
    },
    { send: at('card'), expect: (item: object) => Object.keys(item).length === 14 },
    { send: at('%2Bcard'), expect: keys('_id,age,home,staff') },
    {
      send: at('+card'),
      expect: { age: 40, home: { zip: 5, deep: { x: 1, y: undefined } }, staff: ['{bob}'] },
    },
    { send: at('+short'), expect: keys('_id,name,home') },
    { send: at('+short'), expect: { home: keys('city') } },
    { send: at('+client'), expect: keys('_id') },
    {
      send: 'GET /app/people?_view=+short&_sort=name',
      expect: { _view: '+short', result: [{ name: 'ann', age: undefined }, {}] },
    },
    {
      send: 'PUT /app/people/{ann}?_view=+card',
      body: { age: 41 },
      expect: keys('_id,age,home,staff'),
    },
    { send: 'POST /app/people?_view=+short', body: { name: 'cid' }, expect: keys('_id,name,home') },
    ...['nothing', '!client', '+nothing', '', 'constructor', '__proto__'].map((view) => ({
      send: `GET /app/people/{ann}?_view=${encodeURIComponent(view)}`,
      status: 400,
    })),
    { send: 'GET /app/people?_view=cardd', status: 400, expect: { hint: 'did you mean card?' } },
  ])
})

void t.test('computed on read', async (t) => {
  const w = await world(YAML)
  t.teardown(() => w.close())
  await walk(t, w, [
    {
      send: 'POST /app/people',
      body: { name: 'ann', age: 40, born: '2001-01-01' },
      keep: 'ann',
      expect: { twice: 80, four: 160, old: true, days: (n: number) => n > 8000 },
    },
    {
      send: 'POST /app/people',
      body: { name: 'bob', age: 20, born: '2999-01-01', boss: '{ann}' },
      keep: 'bob',
      expect: { old: false, boss_age: 40 },
    },
    {
      send: 'POST /app/people',
      body: { name: 'cid', boss: '{bob}' },
      expect: { twice: null, old: null, boss_age: 20 },
    },
    {
      send: 'GET /app/people?twice=80',
      expect: { total: 1, result: [{ name: 'ann', twice: 80 }] },
    },
    {
      send: 'GET /app/people?twice.$gt=10&_sort=-twice',
      expect: { result: [{ name: 'ann' }, { name: 'bob' }] },
    },
    {
      send: 'GET /app/people?_sort=-old,name',
      expect: { result: [{ name: 'ann' }, { name: 'bob' }, { name: 'cid' }] },
    },
    { send: 'GET /app/people?old=true', expect: { total: 1 } },
    { send: 'GET /app/people?boss.twice=80', expect: { total: 1, result: [{ name: 'bob' }] } },
    { send: 'GET /app/people?boss_age.$lt=30', expect: { result: [{ name: 'cid' }] } },
    {
      send: 'GET /app/people?_sort=-twice&_page=1',
      expect: { result: [{ name: 'ann' }], _next: String },
    },
    { send: 'GET /app/people/{ann}?_fields=twice', expect: keys('_id,twice') },
    { send: 'GET /app/people/{bob}?_expand=boss', expect: { boss: { twice: 80 } } },
    {
      send: 'GET /app/people/_selections/old',
      expect: { result: [['{ann}', 'ann', true, 80, null]], total: 1 },
    },
    { send: 'PUT /app/people/{ann}', body: { age: 50 }, expect: { twice: 100 } },
    { send: 'GET /app/people/{bob}', expect: { boss_age: 50 }, why: 'worked out anew' },
    {
      send: 'PUT /app/people/{ann}',
      body: { age: 50, twice: 100, old: true },
      expect: { twice: 100 },
      why: 'sent back',
    },
    {
      send: 'PUT /app/people/{ann}',
      body: { twice: 7 },
      status: 400,
      expect: { errors: [{ path: '$.twice', message: 'Cannot be modified' }] },
    },
    {
      send: 'PATCH /app/people/{ann}',
      body: { op: 'test', path: '$.twice', value: 100 },
      expect: { twice: 100 },
    },
  ])
  const stored = await w.running.connectors
    .get('default')
    ?.read('people', [w.kept.get('ann') ?? ''])
  t.notOk(Object.hasOwn(stored?.[0]?.doc ?? {}, 'twice'), 'never stored')
  t.notOk(Object.hasOwn(stored?.[0]?.doc ?? {}, 'old'))
})
