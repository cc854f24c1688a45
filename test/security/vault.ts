/**
 * A model with everything that can be secret, and its items on the two sides of the mirror: `rich` has the
 * secrets and the items that eve may not read, `poor` has other secrets, or none, and lacks those items.
 */
import type { App } from '../../src/app.ts'

export type Side = 'rich' | 'poor'

export const SECRET = 'a-signing-key-of-at-least-32-bytes!'

const ADMIN = 'current_user.has_role("ADMIN")'

export const MODEL = `
backo: 1
name: vault
hooks: ./hooks.mjs
server: { log: { level: debug } }
auth:
  secret: ${SECRET}
  login: { collection: people, login: $.login, password: $.password, roles: $.roles }
current_user: { fields: { team: String } }
types:
  Admin: { type: Int, can_read: '${ADMIN}', can_modify: '${ADMIN}' }
collections:
  people:
    id: { expr: "'p_' + item.login" }
    can_read: 'item.public == true || item._id == current_user._id || ${ADMIN}'
    can_modify: 'item._id == current_user._id || ${ADMIN}'
    can_delete: '${ADMIN}'
    fields:
      login: { type: String, unique: true }
      password: Password
      roles: { type: List, items: String }
      team: String
      public: Bool
      phone: { type: String, can_read: 'item._id == current_user._id' }
      docs: { type: RefsList, coll: docs, field: $.owner }
      reads: { type: RefsList, coll: docs, field: $.readers }
      card: { type: Ref, coll: cards, field: $.person }
    selections:
      phones: { selectors: [ $.login, $.phone, $.docs.pin, $.docs.title, $.docs.readers.login ] }
  cards:
    id: { expr: "'c_' + item.slug" }
    can_read: 'item.open == true || ${ADMIN}'
    fields:
      slug: String
      open: Bool
      number: String
      person: { type: Ref, coll: people, field: $.card }
  secrets:
    can_read: '${ADMIN}'
    fields: { name: { type: String, unique: true } }
  passports:
    id: { expr: item.slug }
    fields: { slug: String, holder: { type: Ref, coll: holders, field: $.passport } }
  holders:
    id: { expr: item.slug }
    can_read: 'item.open == true || ${ADMIN}'
    fields: { slug: String, open: Bool, passport: { type: Ref, required: true, coll: passports, field: $.holder } }
  teams:
    id: { expr: item.slug }
    fields: { slug: String }
  members:
    id: { expr: item.slug }
    can_read: 'item.open == true || ${ADMIN}'
    fields:
      slug: String
      open: Bool
      team: { type: Ref, coll: teams, ods: UNLINK_REFERENCED_ITEMS }
      spare: { type: String, constraints: [ { expr: 'item.team != null' } ] }
  notes:
    id: { expr: "'n_' + item.slug" }
    can_read: { hook: onlyAdmin }
    fields:
      slug: String
      about: { type: Ref, coll: docs }
      kept: { type: Ref, coll: teams, ods: MUST_BE_EMPTY }
  docs:
    id: { expr: "'d_' + item.slug" }
    can_read: 'item.hidden != true || ${ADMIN}'
    fields:
      slug: String
      title: String
      hidden: Bool
      price: Int
      owner: { type: Ref, coll: people, field: $.docs }
      readers: { type: RefsList, coll: people, field: $.reads }
      helpers: { type: RefsList, coll: people }
      boss: { type: Ref, coll: people, ods: UNLINK_REFERENCED_ITEMS }
      patron: { type: Ref, coll: people, ods: UNLINK_REFERENCED_ITEMS }
      note: { type: Ref, coll: notes, ods: UNLINK_REFERENCED_ITEMS }
      sealed: { type: Ref, coll: people, ods: UNLINK_REFERENCED_ITEMS, can_read: '${ADMIN}' }
      pin: { type: Admin, constraints: [ { expr: 'item.price == null || item.price < 1000 || value < item.price' } ] }
      drop: { type: Int, can_read: '${ADMIN}' }
      flag: { type: Bool, can_read: '${ADMIN}', can_modify: '${ADMIN}' }
      grade: { type: String, enum: [s3cr3t-a, s3cr3t-b], can_read: '${ADMIN}', can_modify: '${ADMIN}' }
      diary: { type: String, can_read: 'item.owner == current_user._id', can_modify: 'item.owner == current_user._id' }
      hooked: { type: String, can_read: { hook: onlyAdmin }, can_modify: '${ADMIN}' }
      never: { type: String, can_read: false, can_modify: '${ADMIN}' }
      code: { type: String, unique: true, can_read: '${ADMIN}' }
      vault: { type: Dict, can_read: '${ADMIN}', can_modify: '${ADMIN}', fields: { key: String, deep: { type: Dict, fields: { x: Int } } } }
      addr: { type: Dict, fields: { city: String, door: Admin } }
      lines: { type: List, items: { type: Dict, fields: { label: String, cost: Admin, tip: { type: Int, can_read: '${ADMIN}' }, buyer: { type: Ref, coll: people, ods: UNLINK_REFERENCED_ITEMS } } } }
      hush: { type: List, items: { type: Int }, can_read: '${ADMIN}', can_modify: '${ADMIN}' }
      pins: { type: List, items: Admin }
      pair: { type: Tuple, items: [ String, Admin ] }
      either: { type: In, types: [ Int, { type: Dict, fields: { a: String, b: { type: String, can_read: '${ADMIN}' } } } ] }
      logins: { type: List, items: { type: Dict, fields: { site: String, pass: Password } } }
      free: FreeDict
      sum: { set: 'item.pin + 1', type: Int, can_read: '${ADMIN}' }
      boom: { set: 'item.pin + 2', type: Int, views: ['!save'], can_read: '${ADMIN}' }
      tip: { set: 'item.owner.phone', type: String, views: ['!save'], can_read: '${ADMIN}' }
      echo: { type: String, set: 'item.boss.login' }
      rest: { type: String, constraints: [ { expr: 'item.boss.team == null || value < item.boss.team' } ] }
      extra: { type: String, exists: 'item.boss == null || item.boss.team == "s3cr3t-team"' }
    actions:
      crowd: { exists: 'item.readers.size() > 1', set: { $.title: '"crowd"' } }
      stamp: { set: { $.title: '"stamped"' } }
      look: { hook: peek }
      gated: { can_execute: '${ADMIN}', set: { $.title: '"gated"' } }
      unseen: { exists: '${ADMIN}', set: { $.title: '"unseen"' } }
    selections:
      all: { selectors: [ $.title, $.pin, $.vault, $.vault.key, $.addr, $.lines, $.lines.cost, $.owner.login, $.owner, $.readers, $.readers.login, '$.helpers[0]', '$.helpers[0].login', '$.helpers[0:1]', '$.readers[1].login', '$.owner.docs.lines.cost', '$.owner.docs[2].title', $.hooked, $.never ] }
      wild: { selectors: [ '$.*', '$..cost', '$..key', '$..x', '$..phone', '$.lines[*].cost', '$.lines[0:2].cost', '$.lines[0]', '$.lines[-1].tip', '$.vault.*', '$.logins..pass', '$.pair[1]', '$.either.b' ] }
      sorted: { selectors: [ $.title ], sort: [ -pin, diary, vault.key ] }
      sealed: { selectors: [ $.title ], can_read: '${ADMIN}' }
    views: { short: [ $.title, $.pin, $.vault ] }
`

/** The items of a side; `eve` may read `d_open`, of which the two sides differ in the secrets only. */
export async function seed(app: App, side: Side): Promise<void> {
  const { people, cards, notes, docs } = app.backoffice as Record<string, Makes>
  if (!people || !cards || !notes || !docs) throw new Error('the model is another')
  const rich = side === 'rich'
  const person = (login: string, more: object): Promise<unknown> =>
    people.create({ login, roles: [], ...more })
  await person('admin', { roles: ['ADMIN'], public: true, password: 'pw-of-admin' })
  await person('eve', { public: true, password: 'pw-of-eve', phone: '1' })
  await person('ann', {
    public: true,
    phone: rich ? 's3cr3t-phone' : null,
    team: 'blue',
    password: rich ? 'pw-of-ann' : 'pw-of-ann-2',
  })
  if (rich) {
    await person('hid', { public: false, phone: 's3cr3t-phone-2', team: 's3cr3t-team' })
    await cards.create({ slug: 'hid', open: false, number: 's3cr3t-card', person: 'p_hid' })
  }
  await cards.create({ slug: 'open', open: true, number: '1', person: rich ? 'p_hid' : null })
  if (rich) await notes.create({ slug: 'hid' })
  for (const slug of ['open', 'other'])
    await docs.create(doc(slug, side, { passwords: slug === 'open' }))
  if (rich) {
    await docs.create({ ...doc('hidden-item', side), hidden: true, code: 's3cr3t-code-h' })
    await notes.create({ slug: 'about', about: 'd_open' })
    await seedClashes(app, notes)
  }
}

/** What stands in the way of a write, unseen. */
async function seedClashes(app: App, notes: Makes): Promise<void> {
  const make = async (name: string, body: object): Promise<void> => {
    await (app.backoffice as Record<string, Makes>)[name]?.create(body)
  }
  await make('secrets', { name: 'taken' })
  for (const slug of ['one', 'two']) await make('passports', { slug })
  await make('holders', { slug: 'h-hid', passport: 'one' })
  await make('holders', { slug: 'h-eve', open: true, passport: 'two' })
  await make('teams', { slug: 't' })
  await make('members', { slug: 'm-hid', team: 't', spare: 's3cr3t' })
  await make('teams', { slug: 'kept' })
  await notes.create({ slug: 'kept', kept: 'kept' })
}

interface Makes {
  readonly create: (body: object) => Promise<unknown>
}

/** A doc that eve may read, less its secrets. Fresh ones are made for attacks that write. */
export function doc(slug: string, side: Side, { passwords = false } = {}): Record<string, unknown> {
  const rich = side === 'rich'
  return {
    slug,
    title: `title of ${slug}`,
    price: 10,
    owner: 'p_ann',
    readers: rich ? ['p_ann', 'p_hid'] : ['p_ann'],
    helpers: rich ? ['p_hid', 'p_ann'] : ['p_ann'],
    patron: rich ? 'p_hid' : null,
    note: rich ? 'n_hid' : null,
    sealed: rich ? 'p_hid' : 'p_ann',
    pin: rich ? 4242 : 1313,
    drop: rich ? 4242 : 1313,
    flag: rich ? true : null,
    grade: rich ? 's3cr3t-a' : 's3cr3t-b',
    diary: rich ? 's3cr3t-diary' : null,
    hooked: rich ? 's3cr3t-hook' : null,
    never: rich ? 's3cr3t-never' : null,
    code: rich ? `s3cr3t-code-${slug}` : `code-s3cr3t-${slug}`,
    vault: rich ? { key: 's3cr3t-key', deep: { x: 4242 } } : null,
    addr: { city: 'Rome', door: rich ? 4242 : null },
    lines: [
      { label: 'one', cost: rich ? 4242 : 1313, tip: rich ? 4242 : null },
      { label: 'two', cost: rich ? 1313 : 4242, buyer: rich ? 'p_hid' : null },
    ],
    hush: rich ? [4242, 1313] : null,
    pins: rich ? [4242] : [1313],
    pair: ['open', rich ? 4242 : 1313],
    either: { a: 'open', b: rich ? 's3cr3t-either' : null },
    // to hash takes long
    logins: passwords ? [{ site: 'x', pass: rich ? 'pw-of-x' : 'pw-of-y' }] : [],
    free: { open: 1 },
  }
}
