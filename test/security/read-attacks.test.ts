/**
 * What may not be read, looked for by everything that only reads: filters, sorts, totals, cursors, selections,
 * expands, views. A row is a request, asked of both sides of the mirror (twin-worlds.ts).
 */
import type { Attack } from './twin-worlds.ts'
import { attackBoth } from './attack.ts'

const none = /"result":\[\]/
const both = /d_open.*d_other/

/** As a filter in the query string, that must find nothing, or everything, on both sides. */
const finds = (query: string, says: RegExp): Attack => ({
  send: `GET /vault/docs?_fields=title&${query}`,
  status: 200,
  says,
})

const select = (filter: unknown, says: RegExp, of = 'docs'): Attack => ({
  send: `POST /vault/${of}/_selections/_all?_fields=_id`,
  body: filter,
  status: 200,
  says,
})

const SCALARS: readonly (readonly [field: string, values: readonly string[]])[] = [
  ['pin', ['4242', '1313']],
  ['drop', ['4242', '1313']],
  ['flag', ['true', 'false']],
  ['grade', ['s3cr3t-a', 's3cr3t-b']],
  ['diary', ['s3cr3t-diary']],
  ['hooked', ['s3cr3t-hook']],
  ['never', ['s3cr3t-never']],
  ['code', ['s3cr3t-code-open']],
  ['vault.key', ['s3cr3t-key']],
  ['vault.deep.x', ['4242']],
  ['addr.door', ['4242']],
  ['lines.cost', ['4242', '1313']],
  ['lines.tip', ['4242']],
  ['lines.buyer', ['p_hid']],
  ['lines.buyer.login', ['hid']],
  ['hush', ['4242']],
  ['pins', ['4242', '1313']],
  ['sum', ['4243', '1314']],
  ['boom', ['4244', '1315']],
  ['tip', ['s3cr3t-phone']],
  ['patron', ['p_hid']],
  ['patron.login', ['hid']],
  ['patron.team', ['s3cr3t-team']],
  ['patron.docs.pin', ['4242']],
  ['note', ['n_hid']],
  ['note.slug', ['hid']],
  ['sealed', ['p_hid', 'p_ann']],
  ['sealed.login', ['hid', 'ann']],
  ['owner.phone', ['s3cr3t-phone']],
  ['owner.docs.pin', ['4242', '1313']],
  ['owner.docs.vault.key', ['s3cr3t-key']],
  ['owner.docs.slug', ['hidden-item']],
  ['owner.docs.hidden', ['true']],
  ['readers', ['p_hid']],
  ['readers.login', ['hid']],
  ['readers.phone', ['s3cr3t-phone', 's3cr3t-phone-2']],
  ['helpers', ['p_hid']],
  ['helpers.login', ['hid']],
  ['owner.card.number', ['s3cr3t-card']],
]

const equals = SCALARS.flatMap(([field, values]) =>
  values.flatMap((value): Attack[] => [
    finds(`${field}=${value}`, none),
    finds(`${field}.$in=${value}`, none),
  ]),
)

const TEXTS = [
  'diary',
  'grade',
  'hooked',
  'never',
  'code',
  'vault.key',
  'tip',
  'owner.phone',
  'patron.login',
].flatMap((field): Attack[] => [
  finds(`${field}.$re=.`, none),
  finds(`${field}.$reg=s3`, none),
  finds(`${field}.$gte=a`, none),
  finds(`${field}.$exists=true`, none),
  finds(`${field}.$exists=false`, both),
  finds(`${field}.$ne=s3cr3t`, both),
  finds(`${field}.$nin=s3cr3t`, both),
])
const NUMBERS = ['pin', 'drop', 'vault.deep.x', 'addr.door', 'sum', 'boom'].flatMap(
  (field): Attack[] => [
    finds(`${field}.$gt=0`, none),
    finds(`${field}.$lt=99999`, none),
    finds(`${field}.$exists=true`, none),
    finds(`${field}.$exists=false`, both),
    finds(`${field}.$ne=4242`, both),
  ],
)

const LISTS: readonly Attack[] = [
  finds('lines.cost.$gt=2000', none),
  finds('lines.cost.$exists=true', none),
  finds('lines.tip.$exists=true', none),
  finds('lines.buyer.$exists=true', none),
  finds('hush.$size=2', none),
  finds('hush.$exists=true', none),
  finds('hush.$contains=4242', none),
  finds('hush.$all=4242', none),
  finds('pins.$gt=0', none),
  finds('pins.$contains=4242', none),
  finds('readers.$size=1', both),
  finds('readers.$size=2', none),
  finds('readers.$contains=p_hid', none),
  finds('readers.$all=p_hid', none),
  finds('readers.login.$ne=ann', none),
  finds('readers.login.$in=ann', both),
  finds('readers.login.$ne=hid', both),
  finds('readers.login.$exists=false', none),
  finds('readers.phone.$exists=false', both),
  finds('readers.team.$ne=s3cr3t-team', both),
  finds('owner.docs.hidden.$exists=true', none),
  finds('helpers.$size=1', both),
  finds('helpers.$size=2', none),
  finds('patron.$exists=true', none),
  finds('patron.$exists=false', both),
  finds('patron=null', both),
  finds('note.$exists=true', none),
  finds('vault.$exists=true', none),
  finds('owner.docs.$size=3', none),
  finds('owner.docs.$size=2', both),
  select({ lines: { $contains: { cost: 4242 } } }, none),
  select({ lines: { $contains: { cost: 4242, label: 'one' } } }, none),
  select({ lines: { $contains: { $not: { cost: 4242 } } } }, both),
  select({ lines: { $contains: { buyer: 'p_hid' } } }, none),
  select({ lines: { $contains: { buyer: { login: 'hid' } } } }, none),
  select({ readers: { $contains: { login: 'hid' } } }, none),
  select({ readers: { $contains: { phone: { $exists: true } } } }, none),
  select({ readers: { $contains: { _id: 'p_hid' } } }, none),
  select({ owner: { docs: { $contains: { pin: { $gt: 2000 } } } } }, none),
  select({ owner: { docs: { $contains: { slug: 'hidden-item' } } } }, none),
  select({ hush: ['$contains', { $gt: 0 }] }, none),
  select({ hush: [4242, 1313] }, none),
  select({ pins: { $contains: { $gt: 2000 } } }, none),
  select({ pair: { $contains: 4242 } }, none),
  select({ pair: ['open', 4242] }, none),
  select({ pair: { $size: 2 } }, none),
  select({ 'either.b': 's3cr3t-either' }, none),
  select({ either: { b: { $exists: true } } }, none),
  select({ either: { $exists: true } }, none),
]

const NESTED: readonly Attack[] = [
  select({ $not: { pin: 4242 } }, both),
  select({ $not: { pin: { $gt: 2000 } } }, none),
  select({ $or: [{ pin: 4242 }, { flag: true }] }, none),
  select({ $and: [{ $or: [{ 'vault.key': 's3cr3t-key' }] }] }, none),
  select({ vault: { key: { $re: 's3' } } }, none),
  select({ vault: { deep: { x: ['$gt', 0] } } }, none),
  select({ $not: { $not: { diary: 's3cr3t-diary' } } }, none),
  select({ pin: { $not: { $eq: 4242 } } }, both),
  select({ pin: { $or: [{ $eq: 4242 }, { $eq: 7 }] } }, none),
  select({ docs: { pin: 4242 } }, none, 'people'),
  select({ 'docs.pin.$gt': 2000 }, none, 'people'),
  select({ docs: { $contains: { hidden: true } } }, none, 'people'),
  select({ 'docs.lines.cost': 4242 }, none, 'people'),
  select({ 'reads.vault.key': 's3cr3t-key' }, none, 'people'),
  select({ 'card.number': 's3cr3t-card' }, none, 'people'),
  select({ 'docs.readers.phone': { $exists: true } }, none, 'people'),
  select({ phone: { $re: 's3' } }, none, 'people'),
  select({ phone: { $exists: true } }, /^(?!.*p_ann).*p_eve/, 'people'),
  select({ person: 'p_hid' }, none, 'cards'),
  select({ person: { login: 'hid' } }, none, 'cards'),
  select({ person: { $exists: true } }, none, 'cards'),
  { send: 'POST /vault/docs/_selections/all', body: { pin: 4242 }, status: 200, says: none },
]

const SORTS: readonly Attack[] = [
  ...[
    'pin',
    '-pin',
    'diary',
    '-vault.key',
    'hooked',
    '-never',
    'addr.door',
    'sum',
    '-boom',
    '-tip',
    'patron',
    '-patron.login',
    '-note.slug',
    'owner.phone',
    '-sealed',
    'sealed.login',
    '-code',
    'flag',
    '-grade',
  ].flatMap((sort): Attack[] => [
    finds(`_sort=${sort}`, both),
    {
      ...finds(`_sort=${sort}&_page=1`, /_next/),
      never: /s3cr3t|p_hid/,
      why: 'a cursor says no more',
    },
  ]),
  { send: 'GET /vault/docs/_selections/sorted?_page=1', status: 200, says: /_next/ },
  finds('_total=false', both),
  finds('_page=1&_skip=1', /d_other/),
  finds('_page=1&_skip=2', none),
  ...['lines.cost', 'password', 'owner.password', 'hush', 'pins', 'vault', 'pair', 'readers'].map(
    (sort): Attack => ({ send: `GET /vault/docs?_sort=${sort}`, status: 400 }),
  ),
]

const ITEMS: readonly Attack[] = [
  ...[
    'd_open',
    'd_open?_view=save',
    'd_open?_view=client',
    'd_open?_view=short',
    'd_open?_view=%2Bshort',
    'd_open?_fields=pin,vault,lines.cost,title,addr',
    'd_open?_fields=$.diary',
    'd_open?_expand=owner,readers,helpers,patron,note,sealed',
    'd_open?_expand=owner.docs,owner.docs.readers,lines.buyer,owner.card',
    'd_open?_expand=owner.docs.sealed&_fields=owner.docs.pin,owner.phone',
  ].map((path): Attack => ({ send: `GET /vault/docs/${path}`, status: 200 })),
  ...[
    '',
    '?_view=save',
    '?_view=%2Bshort',
    '?_expand=owner,patron,note,sealed,readers',
    '?_fields=pin,vault.key',
    '?_expand=owner.docs&_fields=owner.docs',
  ].map((query): Attack => ({ send: `GET /vault/docs${query}`, status: 200 })),
  { send: 'GET /vault/people', status: 200 },
  { send: 'GET /vault/people?_expand=docs,reads,card', status: 200 },
  { send: 'GET /vault/people/p_ann?_expand=docs.readers,docs.patron', status: 200 },
  { send: 'GET /vault/cards?_expand=person', status: 200 },
  { send: 'GET /vault/notes', status: 200, says: none },
  { send: 'GET /vault/notes?_expand=about', status: 200, says: none },
  { send: 'GET /vault/notes?slug=hid', status: 200, says: /"total":0/ },
  {
    send: 'GET /vault/notes?slug.$in=hid,about&_total=true&_page=1',
    status: 200,
    says: /"total":0/,
  },
  { send: 'GET /vault/notes?_sort=-slug&_page=1', status: 200, never: /_next/ },
  { send: 'GET /vault/people/p_hid', status: 404 },
  { send: 'HEAD /vault/people/p_hid', status: 404 },
  { send: 'GET /vault/docs/d_hidden-item', status: 404, never: /x^/ },
  { send: 'GET /vault/docs/d_hidden-item?_fields=pin&_view=save', status: 404, never: /x^/ },
  { send: 'HEAD /vault/docs/d_open', status: 200 },
  { send: 'GET /vault/docs/_selections/all', status: 200, says: /title of open/ },
  { send: 'GET /vault/docs/_selections/wild', status: 200, says: /d_open/ },
  { send: 'GET /vault/people/_selections/phones', status: 200, says: /p_ann/ },
  { send: 'GET /vault/docs/_selections/all?_expand=owner', status: 200 },
  { send: 'GET /vault/docs/_selections/_all?_expand=owner.docs&_fields=owner', status: 200 },
  { send: 'GET /vault/docs/_selections/sealed', status: 403 },
  { send: 'GET /vault/docs/_selections/sealed', status: 401, as: 'nobody' },
  { send: 'GET /vault/docs/d_open', status: 200, as: 'nobody' },
  { send: 'GET /vault/docs/_selections/all', status: 200, as: 'nobody' },
  {
    send: 'GET /vault/_meta',
    status: 200,
    never: /4242|1313|argon2|pw-of/,
    why: 'the values of an enum are the file s own',
  },
  { send: 'GET /vault/_me', status: 200 },
]

/** A cursor made by hand: `[mark, ...values]`, with the mark that the program gave for that sort. */
const cursor = (sort: string, values: readonly unknown[]): Attack => ({
  send: `GET /vault/docs?_sort=${sort}&_page=5&_after={cursor:${sort}:${JSON.stringify(values)}}`,
  status: 200,
})

const CURSORS: readonly Attack[] = [
  { ...cursor('pin', [2000, 'a']), says: /"result"/ },
  { ...cursor('pin', [null, 'a']), says: both },
  { ...cursor('-pin', [2000, 'a']), says: /"result"/ },
  { ...cursor('diary', ['s3', 'a']), says: /"result"/ },
  { ...cursor('-diary', ['s3', 'a']), says: /"result"/ },
  { ...cursor('vault.key', ["' OR 1=1 --", 'a']), says: /"result"/ },
  { ...cursor('patron.login', ['h', 'a']), says: /"result"/ },
  { ...cursor('pin', [{ $gt: 0 }, 'a']), status: 400 },
  { ...cursor('pin', [2000]), status: 400 },
  { ...cursor('pin', [2000, 7]), status: 400 },
  { ...cursor('pin', [true, 'a']), says: /"result"/ },
  { ...cursor('title', [null, "d_' OR 1=1"]), says: /"result"/ },
]

// the description names the values of enums and rules: the file's own words
const META_OF = { status: 200, never: /4242|1313|argon2|pw-of/ }
const META: readonly Attack[] = [
  { ...META_OF, send: 'POST /vault/docs/_meta', body: {}, status: 200 },
  {
    ...META_OF,
    send: 'POST /vault/docs/_meta',
    body: { _id: 'd_hidden-item', owner: 'p_ann' },
    status: 200,
    never: /crowd/,
  },
  { ...META_OF, send: 'POST /vault/docs/_meta', body: { boss: 'p_hid' }, status: 200 },
  {
    ...META_OF,
    send: 'POST /vault/docs/_meta',
    body: { patron: 'p_hid', owner: 'p_eve' },
    status: 200,
  },
  { send: 'POST /vault/people/_meta', body: { _id: 'p_hid' }, status: 200 },
  { send: 'POST /vault/cards/_meta', body: { person: 'p_hid' }, status: 200 },
]

const check = (path: string, item: unknown, says: RegExp): Attack => ({
  send: 'POST /vault/docs/_check',
  body: { path, item },
  status: 200,
  says,
})
const NO_ERROR = /^\{"error":null\}$/

const CHECKS: readonly Attack[] = [
  check('$.grade', { grade: 'z' }, NO_ERROR),
  check('$.pin', { pin: 'x' }, NO_ERROR),
  check('$.pin', { pin: 5000, price: 2000 }, NO_ERROR),
  check('$', { pin: 5000, price: 2000 }, NO_ERROR),
  check('$', { grade: 'z', addr: { door: 'x' } }, NO_ERROR),
  check('$.addr', { addr: { door: 'x' } }, NO_ERROR),
  check('$.lines', { lines: [{ cost: 'x' }] }, NO_ERROR),
  check('$.lines[0]', { lines: [{ cost: 'x' }] }, NO_ERROR),
  check('$.lines[0].cost', { lines: [{ cost: 'x' }] }, NO_ERROR),
  check('$.pins', { pins: ['x'] }, NO_ERROR),
  check('$.vault', { vault: { key: 5 } }, NO_ERROR),
  check('$.sum', { pin: 1, sum: 3 }, NO_ERROR),
  check('$.boom', { pin: 1, boom: 9 }, NO_ERROR),
  check('$', { pin: 1, boom: 9, sum: 9 }, NO_ERROR),
  check('$.echo', { boss: 'p_hid', echo: 'hid' }, /error/),
  check('$.echo', { boss: 'p_hid', echo: 'not' }, /error/),
  check('$.rest', { boss: 'p_hid', rest: 'a' }, /error/),
  check('$.rest', { boss: 'p_hid', rest: 'z' }, /error/),
  check('$.rest', { patron: 'p_hid', rest: 'z' }, NO_ERROR),
  check('$.extra', { boss: 'p_hid', extra: 'z' }, /Unknown field|null/),
  check('$.boss', { boss: 'p_hid' }, /No such item/),
  check('$.owner', { owner: 'p_hid' }, /No such item/),
  check('$.readers', { readers: ['p_hid', 'p_ann'] }, /No such item/),
  check('$.lines', { lines: [{ buyer: 'p_hid' }] }, /No such item/),
  check('$.note', { note: 'n_hid' }, /No such item/),
  check('$.slug', { _id: 'd_hidden-item', slug: 'hidden-item' }, NO_ERROR),
  check('$.code', { code: 's3cr3t-code-open' }, NO_ERROR),
  {
    send: 'POST /vault/people/_check',
    body: { path: '$.login', item: { login: 'hid' } },
    status: 200,
    says: NO_ERROR,
  },
  {
    send: 'POST /vault/people/_check',
    body: { path: '$.password', item: { password: 5 } },
    status: 200,
    never: /value/,
  },
  {
    send: 'POST /vault/people/_check',
    body: { path: '$.card', item: { card: 'c_hid' } },
    status: 200,
    says: /No such item/,
  },
  {
    send: 'POST /vault/people/_check',
    body: { path: '$.docs', item: { docs: ['d_hidden-item'] } },
    status: 200,
    says: /No such item/,
  },
]

attackBoth('filters', [...equals, ...TEXTS, ...NUMBERS, ...LISTS, ...NESTED])
attackBoth('sorts and cursors', [...SORTS, ...CURSORS])
attackBoth('items, views, expands, selections', ITEMS)
attackBoth('_meta and _check', [...META, ...CHECKS])
