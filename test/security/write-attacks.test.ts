/**
 * What may not be read, looked for by writing: bodies that guess, patches that copy, links to what is not shown,
 * lists and Dicts around what is protected. A row has an item of its own, `{id}`; what eve then sees of it, and
 * whether anything seems to have changed, must be the same on both sides of the mirror.
 */
import { attackWriting, type WriteAttack } from './attack.ts'

type Rest = Partial<WriteAttack>

const put = (body: unknown, status: number, rest: Rest = {}): WriteAttack => ({
  send: 'PUT /vault/docs/{id}',
  body,
  status,
  ...rest,
})

const patch = (body: unknown, status: number, rest: Rest = {}): WriteAttack => ({
  send: 'PATCH /vault/docs/{id}',
  body,
  status,
  ...rest,
})

const merge = (body: unknown, status: number, rest: Rest = {}): WriteAttack =>
  patch(body, status, { headers: { 'content-type': 'application/merge-patch+json' }, ...rest })

const post = (body: object, status: number, rest: Rest = {}): WriteAttack => ({
  send: 'POST /vault/docs',
  body: { slug: '{slug}-x', ...body },
  status,
  ...rest,
})

const KEPT = { keeps: true } as const

/** The right value changes nothing, another would be refused: neither may show. */
const GUESSES: readonly WriteAttack[] = [
  ...[4242, 1313, 5, null].map((pin) => put({ pin }, 403, KEPT)),
  ...[true, false, null].map((flag) => put({ flag }, 403, KEPT)),
  ...['s3cr3t-a', 's3cr3t-b', 'zzz'].map((grade) =>
    put({ grade }, grade === 'zzz' ? 403 : 403, KEPT),
  ),
  put({ diary: 's3cr3t-diary' }, 403, KEPT),
  put({ never: 's3cr3t-never' }, 403, KEPT),
  put({ hooked: 's3cr3t-hook' }, 403, KEPT),
  put({ vault: { key: 's3cr3t-key' } }, 403, KEPT),
  put({ vault: { deep: { x: 4242 } } }, 403, KEPT),
  put({ vault: null }, 403, KEPT),
  put({ vault: {} }, 200, KEPT),
  put({ addr: { door: 4242 } }, 403, KEPT),
  put({ addr: { door: null } }, 403, KEPT),
  put({ addr: null }, 403, { ...KEPT, why: 'null for a Dict is null for what is hidden in it' }),
  put({ addr: { city: 'Oslo' } }, 200),
  put({ hush: [4242, 1313] }, 403, KEPT),
  put({ hush: [] }, 403, KEPT),
  put({ pins: [4242] }, 403, KEPT),
  put({ pair: ['open', 4242] }, 403, KEPT),
  put({ pair: ['other', 1313] }, 403, KEPT),
  put(
    {
      lines: [
        { label: 'one', cost: 4242 },
        { label: 'two', cost: 1313 },
      ],
    },
    403,
    KEPT,
  ),
  put({ lines: [{ label: 'one' }, { label: 'two' }] }, 200, {
    ...KEPT,
    why: 'a list sent back as it was shown is as it was',
  }),
  put({ lines: [{ label: 'one' }] }, 403, KEPT),
  put({ lines: [] }, 403, KEPT),
  put({ lines: null }, 403, KEPT),
  put({ sum: 4243 }, 400, { ...KEPT, says: /Cannot be modified/ }),
  put({ sum: 1314 }, 400, { ...KEPT, says: /Cannot be modified/ }),
  put({ boom: 4244 }, 400, { ...KEPT, says: /Cannot be modified/ }),
  put({ tip: 's3cr3t-phone' }, 400, { ...KEPT, says: /Cannot be modified/ }),
  put({ sum: null }, 400, KEPT),
  put({ drop: 4242 }, 200, { why: 'written blind: that it was so before does not show' }),
  put({ drop: 1313 }, 200),
  put({ sealed: 'p_ann' }, 200),
  put({ sealed: 'p_hid' }, 400, KEPT),
  put({ code: 'guess-{slug}' }, 200),
  put({ price: 2000 }, 400, {
    ...KEPT,
    rich: 'breaks',
    why: 'a rule of the file on what is hidden',
  }),
]

const PATCHES: readonly WriteAttack[] = [
  ...[
    'pin',
    'flag',
    'diary',
    'hooked',
    'never',
    'vault/key',
    'vault/deep/x',
    'addr/door',
    'hush',
    'pins',
    'sum',
    'boom',
    'code',
    'sealed',
    'patron',
    'note',
  ].flatMap((path): WriteAttack[] => [
    patch(
      [{ op: 'test', path: `/${path}`, value: null }],
      path.startsWith('vault') ? 400 : 200,
      KEPT,
    ),
    patch([{ op: 'copy', from: `/${path}`, path: '/title' }], path.startsWith('vault') ? 400 : 200),
    patch([{ op: 'copy', from: `/${path}`, path: '/free' }], path.startsWith('vault') ? 400 : 200),
  ]),
  patch([{ op: 'test', path: '/pin', value: 4242 }], 409, KEPT),
  patch([{ op: 'test', path: '/hush', value: [4242, 1313] }], 409, KEPT),
  patch([{ op: 'test', path: '/hush/0', value: 4242 }], 400, KEPT),
  patch([{ op: 'copy', from: '/hush/0', path: '/price' }], 400, KEPT),
  patch([{ op: 'copy', from: '/vault', path: '/free' }], 200),
  patch([{ op: 'copy', from: '/addr', path: '/free' }], 200),
  patch([{ op: 'copy', from: '', path: '/free' }], 200),
  patch([{ op: 'copy', from: '/lines', path: '/free/x' }], 200),
  patch([{ op: 'copy', from: '/lines/0', path: '/free' }], 200),
  patch([{ op: 'copy', from: '/lines/0/cost', path: '/price' }], 200),
  patch([{ op: 'copy', from: '/lines/0/cost', path: '/title' }], 200),
  patch([{ op: 'copy', from: '/lines/0/tip', path: '/title' }], 200),
  patch([{ op: 'copy', from: '/lines/0/tip', path: '/lines/0/label' }], 200),
  patch([{ op: 'copy', from: '/lines/1/buyer', path: '/title' }], 200),
  patch([{ op: 'move', from: '/lines/0/cost', path: '/title' }], 200, { keepsHidden: true }),
  patch([{ op: 'move', from: '/pin', path: '/title' }], 200, { why: 'there is nothing to move' }),
  patch([{ op: 'test', path: '/lines/0/cost', value: 4242 }], 409, KEPT),
  patch([{ op: 'test', path: '/lines/1/buyer', value: 'p_hid' }], 409, KEPT),
  patch([{ op: 'test', path: '/lines/1/buyer', value: null }], 200, KEPT),
  patch([{ op: 'test', path: '/lines/0', value: { label: 'one', buyer: null } }], 200, KEPT),
  patch([{ op: 'replace', path: '/lines/0/cost', value: 4242 }], 403, KEPT),
  patch([{ op: 'replace', path: '/lines/0/label', value: 'uno' }], 200, { keepsHidden: true }),
  patch([{ op: 'add', path: '/lines/-', value: { label: 'three' } }], 200, { keepsHidden: true }),
  patch([{ op: 'add', path: '/lines/0', value: { label: 'zero' } }], 200, { keepsHidden: true }),
  patch([{ op: 'add', path: '/lines/-', value: { label: 'three', cost: 4242 } }], 403, KEPT),
  patch([{ op: 'remove', path: '/lines/0' }], 403, KEPT),
  patch([{ op: 'remove', path: '/lines' }], 403, KEPT),
  patch(
    [
      {
        op: 'replace',
        path: '/lines',
        value: [
          { label: 'one', buyer: null },
          { label: 'two', buyer: null },
        ],
      },
    ],
    200,
    KEPT,
  ),
  patch([{ op: 'move', from: '/lines/0', path: '/lines/1' }], 200, {
    keepsHidden: true,
    why: 'what is hidden goes along',
  }),
  patch([{ op: 'remove', path: '/addr' }], 403, KEPT),
  patch([{ op: 'replace', path: '', value: { slug: '{slug}' } }], 403, KEPT),
  patch([{ op: 'copy', from: '/readers/1', path: '/title' }], 400, KEPT),
  patch([{ op: 'copy', from: '/helpers/0', path: '/title' }], 200, { says: /"title":"p_ann"/ }),
  patch([{ op: 'test', path: '/readers', value: ['p_ann'] }], 200, KEPT),
  patch([{ op: 'test', path: '/readers', value: ['p_ann', 'p_hid'] }], 409, KEPT),
  patch([{ op: 'test', path: '/helpers/1', value: 'p_ann' }], 409, KEPT),
  patch([{ op: 'copy', from: '/readers', path: '/free/x' }], 200),
  patch([{ op: 'add', path: '/readers/-', value: 'p_eve' }], 200, { keepsHidden: true }),
  patch([{ op: 'remove', path: '/readers/0' }], 200, { keepsHidden: true }),
  patch([{ op: 'copy', from: '/logins/0/pass', path: '/title' }], 200),
  patch([{ op: 'copy', from: '/logins/0', path: '/free' }], 200),
  patch([{ op: 'test', path: '/logins/0/pass', value: 'pw-of-x' }], 409, KEPT),
  patch([{ op: 'add', path: '/logins/-', value: { site: 'y', pass: 'other-pw' } }], 200, {
    keepsHidden: true,
  }),
  patch([{ op: 'copy', from: '/pair', path: '/free/x' }], 200),
  patch([{ op: 'copy', from: '/either', path: '/free/x' }], 200),
  patch([{ op: 'copy', from: '/_meta', path: '/free/x' }], 200),
  {
    send: 'PATCH /vault/people/p_ann',
    body: [{ op: 'copy', from: '/password', path: '/team' }],
    status: 403,
  },
  {
    send: 'PATCH /vault/people/p_eve',
    body: [{ op: 'copy', from: '/password', path: '/team' }],
    status: 200,
  },
  {
    send: 'PATCH /vault/people/p_eve',
    body: [{ op: 'test', path: '/password', value: 'pw-of-eve' }],
    status: 409,
  },
  merge({ pin: 4242 }, 403, KEPT),
  merge({ vault: { key: 's3cr3t-key' } }, 403, KEPT),
  merge({ vault: null }, 200, {
    ...KEPT,
    why: 'there is nothing to see, and nothing to take away',
  }),
  merge({ addr: null }, 403, KEPT),
  merge(
    {
      lines: [
        { label: 'one', buyer: null },
        { label: 'two', buyer: null },
      ],
    },
    200,
    KEPT,
  ),
  merge({ lines: [{ label: 'one', cost: 4242 }] }, 403, KEPT),
  merge({ readers: ['p_ann'] }, 200, KEPT),
]

/** To what is there and can't be read as to what is not there at all. */
const LINKS: readonly WriteAttack[] = [
  ...['boss', 'patron', 'owner', 'sealed'].flatMap((field): WriteAttack[] => [
    put({ [field]: 'p_hid' }, 400, { ...KEPT, says: /No such item in people/ }),
    post({ [field]: 'p_hid' }, 400, { says: /No such item in people/ }),
    patch([{ op: 'add', path: `/${field}`, value: 'p_hid' }], 400, {
      ...KEPT,
      says: /No such item/,
    }),
  ]),
  put({ note: 'n_hid' }, 400, { ...KEPT, says: /No such item in notes/ }),
  put({ note: null }, 200, KEPT),
  put({ patron: null }, 200, { ...KEPT, why: 'null is what was shown' }),
  put({ readers: ['p_ann', 'p_hid'] }, 400, { ...KEPT, says: /No such item/ }),
  put({ readers: ['p_ann'] }, 200, { ...KEPT, why: 'a list as it was shown' }),
  put({ readers: [] }, 200, { keepsHidden: true }),
  put({ readers: null }, 200, { keepsHidden: true }),
  put({ readers: ['p_eve', 'p_ann'] }, 200, { keepsHidden: true }),
  put({ helpers: ['p_hid'] }, 400, KEPT),
  put({ helpers: ['p_eve'] }, 200, { keepsHidden: true }),
  put({ lines: [{ label: 'one', buyer: 'p_hid' }] }, 403, KEPT),
  post({ readers: ['p_hid'] }, 400, { says: /No such item/ }),
  post({ lines: [{ buyer: 'p_hid' }] }, 400, { says: /\$\.lines\[0\]\.buyer: No such item/ }),
  post({ boss: 'p_hid', echo: 'hid' }, 400, { why: 'a computed field as an oracle' }),
  post({ boss: 'p_hid', echo: 'not' }, 400),
  post({ boss: 'p_hid', rest: 'a' }, 400, { why: 'a constraint as an oracle' }),
  post({ boss: 'p_hid', rest: 'z' }, 400),
  post({ boss: 'p_hid', extra: 'z' }, 400, { why: 'exists as an oracle' }),
  put({ boss: 'p_hid', echo: 'hid', rest: 'z', extra: 'y' }, 400, KEPT),
  {
    send: 'PUT /vault/people/p_eve',
    body: { docs: ['d_hidden-item'] },
    status: 400,
    says: /No such item in docs/,
    never: /x^/,
  },
  {
    send: 'PUT /vault/people/p_eve',
    body: { reads: ['d_hidden-item'] },
    status: 400,
    says: /No such item in docs/,
    never: /x^/,
  },
  {
    send: 'PUT /vault/people/p_eve',
    body: { card: 'c_hid' },
    status: 400,
    says: /No such item in cards/,
  },
  { send: 'PUT /vault/people/p_eve', body: { docs: [] }, status: 200 },
  {
    send: 'PUT /vault/people/p_ann',
    body: { docs: ['{id}'] },
    status: 403,
    why: 'from the side of one who is not eve',
  },
  { send: 'PUT /vault/people/p_hid', body: { docs: ['{id}'] }, status: 404 },
  { send: 'PUT /vault/cards/c_hid', body: { person: 'p_eve' }, status: 404 },
]

const ITEMS: readonly WriteAttack[] = [
  ...['PUT', 'PATCH', 'DELETE'].flatMap((method): WriteAttack[] => {
    const body =
      method === 'DELETE'
        ? {}
        : { body: method === 'PUT' ? { title: 'x' } : [{ op: 'test', path: '/pin', value: 4242 }] }
    return [
      { send: `${method} /vault/docs/d_hidden-item`, ...body, status: 404, never: /x^/ },
      { send: `${method} /vault/people/p_hid`, ...body, status: 404 },
      { send: `${method} /vault/notes/n_hid`, ...body, status: 404 },
      {
        send: `${method} /vault/docs/d_hidden-item`,
        ...body,
        headers: { 'if-match': '"1"' },
        status: 404,
        never: /x^/,
      },
    ]
  }),
  {
    send: 'PUT /vault/docs/d_hidden-item',
    body: { pin: 'x', nosuch: 1 },
    status: 404,
    never: /x^/,
  },
  { send: 'POST /vault/docs/_actions/stamp/d_hidden-item', body: {}, status: 404, never: /x^/ },
  { send: 'POST /vault/docs/_actions/gated/d_hidden-item', body: {}, status: 404, never: /x^/ },
  { send: 'POST /vault/docs/_actions/unseen/d_hidden-item', body: {}, status: 404, never: /x^/ },
  { send: 'POST /vault/docs/_actions/gated/{id}', body: {}, status: 403 },
  { send: 'POST /vault/docs/_actions/unseen/{id}', body: {}, status: 403 },
  { send: 'POST /vault/docs/_actions/gated/{id}', body: {}, status: 401, as: 'nobody' },
  {
    send: 'POST /vault/docs/_actions/stamp/{id}',
    body: {},
    status: 200,
    says: /stamped/,
    keepsHidden: true,
  },
  {
    send: 'POST /vault/docs/_actions/look/{id}',
    body: {},
    status: 200,
    why: 'a hook that gives the item away',
  },
  {
    send: 'POST /vault/docs/_actions/stamp/{id}?_fields=pin,vault&_view=save',
    body: {},
    status: 200,
  },
  { send: 'POST /vault/docs', body: { slug: '{slug}-y', hidden: true, pin: 7 }, status: 403 },
  {
    send: 'POST /vault/docs',
    body: { slug: '{slug}-y', hidden: true, title: 's3' },
    status: 201,
    says: / \{"_id":"d_[\w-]+"\}$/,
  },
  put({ hidden: true }, 200, {
    says: /^\{"_id":"d_[\w-]+"\}$/,
    why: 'gone from sight by its own change',
  }),
  put({ pin: 4242, title: 5, nosuch: 1 }, 403, KEPT),
  put({ title: 'x' }, 412, { ...KEPT, headers: { 'if-match': '"0"' } }),
  put({ title: 'x' }, 200, { keepsHidden: true, headers: { 'if-match': '*' } }),
  put({ _meta: { created_by: { login: 'eve' } } }, 400, KEPT),
  put({ _id: 'd_hidden-item' }, 400, { ...KEPT, never: /x^/ }),
  { send: 'PUT /vault/people/p_ann', body: { phone: 's3cr3t-phone' }, status: 403 },
  { send: 'PUT /vault/people/p_ann', body: {}, status: 403 },
  { send: 'PUT /vault/people/p_ann', body: { team: 'x' }, status: 403 },
  {
    send: 'PUT /vault/people/p_eve',
    body: { login: 'ann' },
    status: 409,
    says: /\$\.login: Already taken/,
  },
]

attackWriting('bodies that guess', GUESSES)
attackWriting('patches', PATCHES)
attackWriting('links', LINKS)
attackWriting('items', ITEMS)
