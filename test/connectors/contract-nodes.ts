/**
 * Cases of `where` by kind of node: literals, paths in the item and through references both ways,
 * three-valued logic, comparison, conditionals, quantifiers, lists and dicts.
 */
import {
  BOOL,
  DYN,
  FALSE,
  FLOAT,
  INT,
  NULL,
  STRING,
  TIMESTAMP,
  TRUE,
  and,
  call,
  follow,
  iff,
  is,
  item,
  linked,
  listOf,
  lit,
  not,
  or,
  path,
  quantifier,
  transform,
} from '../support/expr-builders.ts'
import { ASTRAL, REPLACEMENT } from '../support/store-seed.ts'
import type { FilterCase } from './contract-filters.ts'

const ALL = 'u1 u2 u3 u4 u5'

const ref = (collection: string) => ({ kind: 'ref', collection }) as const
const age = item(INT, 'age')
const score = item(FLOAT, 'score')
const name = item(STRING, 'name')
const surname = item(STRING, 'surname')
const email = item(STRING, 'email')
const male = item(BOOL, 'male')
const born = item(TIMESTAMP, 'born')
const tags = item(listOf(STRING), 'tags')
const city = item(STRING, 'address', 'city')
const lat = item(FLOAT, 'address', 'geo', 'lat')
const lines = item(listOf(DYN), 'lines')
const prices = item(listOf(FLOAT), 'lines', 'price')
const addrCity = item(STRING, 'addr', follow('addrs'), 'city')
const teams = item(listOf(ref('teams')), linked('users.teams', true))
const teamNames = item(listOf(STRING), linked('users.teams', true), follow('teams'), 'name')
const friends = item(listOf(ref('users')), linked('users.friends', true))
/** the users of the address of the user: a Ref, then its reverse */
const neighbours = item(listOf(ref('users')), 'addr', follow('addrs'), linked('addrs.users', true))
const neighbourAges = item(
  listOf(INT),
  'addr',
  follow('addrs'),
  linked('addrs.users', true),
  follow('users'),
  'age',
)
const bossName = item(STRING, 'boss', follow('users'), 'name')
const owner = item(ref('users'), 'badge', follow('badges'), linked('badges.owner', false))
const buyers = item(
  listOf(ref('users')),
  'lines',
  'product',
  follow('products'),
  'stats',
  linked('products.stats.buyers', true),
)
const productNames = item(listOf(STRING), 'lines', 'product', follow('products'), 'name')

const eq = (a: typeof age, b: typeof age) => is('eq', a, b)
const some = (list: typeof age, body: typeof age) => quantifier('any', list, 'e1', body)
const every = (list: typeof age, body: typeof age) => quantifier('all', list, 'e1', body)
const e1 = (...steps: string[]) => path('e1', DYN, ...steps)

const CONSTANTS: readonly FilterCase[] = [
  ['none', null, ALL],
  ['true', TRUE, ALL],
  ['false', FALSE, ''],
  ['null', NULL, ''],
  ['not null', not(NULL), ''],
  ['and of nothing', and(), ALL],
  ['or of nothing', or(), ''],
]

const COMPARED: readonly FilterCase[] = [
  ['_id ==', eq(item(STRING, '_id'), lit('u3')), 'u3'],
  ['_id in', is('in', item(STRING, '_id'), lit(['u5', 'nope', 'u1', 'u5'])), 'u1 u5'],
  ['_id in nothing', is('in', item(STRING, '_id'), lit([])), ''],
  ['_id >', is('gt', item(STRING, '_id'), lit('u3')), 'u4 u5'],
  ['_meta', eq(item(STRING, '_meta', 'created_by', 'login'), lit('admin')), ALL],
  ['int ==', eq(age, lit(30)), 'u1 u5'],
  ['int == float', eq(age, lit(30, FLOAT)), 'u1 u5'],
  ['float == int', eq(score, lit(2)), 'u2'],
  ['int !=, null is not 30', is('ne', age, lit(30)), 'u2 u3 u4'],
  ['int != null', is('ne', age, NULL), 'u1 u2 u4 u5'],
  ['int == null', eq(age, NULL), 'u3'],
  ['null == null', eq(NULL, NULL), ALL],
  ['turned round', is('gt', lit(30), age), 'u2'],
  ['two paths', is('gt', age, score), 'u1 u2 u4 u5'],
  ['two unset paths are equal', eq(surname, email), 'u2 u4'],
  ['>', is('gt', age, lit(30)), 'u4'],
  ['>=', is('gte', age, lit(30)), 'u1 u4 u5'],
  ['<', is('lt', age, lit(30)), 'u2'],
  ['<=', is('lte', age, lit(30)), 'u1 u2 u5'],
  ['not <: unknown stays unknown', not(is('lt', age, lit(30))), 'u1 u4 u5'],
  ['< null', is('lt', age, NULL), ''],
  ['between', and(is('gte', age, lit(17)), is('lt', age, lit(42))), 'u1 u2 u5'],
  ['float <', is('lt', score, lit(0)), 'u4'],
  ['bool', male, 'u2 u4'],
  ['bool == false', eq(male, FALSE), 'u1'],
  ['not bool', not(male), 'u1'],
  ['bool <', is('lt', male, TRUE), 'u1'],
  ['text ==', eq(name, lit('Émile')), 'u3'],
  ['text == empty', eq(item(STRING, 'address', 'street'), lit('')), 'u4'],
  ['text == is exact', eq(name, lit('ann')), ''],
  ['text > by code point', is('gt', name, lit(REPLACEMENT)), 'u4'],
  ['text < by code point', is('lt', name, lit(ASTRAL)), 'u1 u2 u3 u5'],
  ['text > upper case first', is('gt', name, lit('Z')), 'u3 u4 u5'],
  ['text == with a quote in it', eq(name, lit(`'; drop table users; --"`)), ''],
  ['text and number', eq(name, lit(1)), ''],
  ['time <', is('lt', born, lit('2000-01-01T00:00:00.000Z', TIMESTAMP)), 'u1'],
  ['time >=', is('gte', born, lit('2005-12-31T23:59:59.999Z', TIMESTAMP)), 'u2'],
  ['list ==', eq(tags, lit(['a', 'b'])), 'u1'],
  ['list == empty', eq(tags, lit([], listOf(STRING))), 'u2'],
  ['list == null', eq(tags, NULL), 'u3'],
  ['list !=', is('ne', tags, lit(['a'])), 'u1 u2 u3 u4'],
  ['in', is('in', age, lit([17, 42, 1])), 'u2 u4'],
  ['in, of texts', is('in', city, lit(['Rome', 'Oslo'])), 'u1 u2 u4'],
  ['not in: unknown for null', not(is('in', age, lit([17]))), 'u1 u4 u5'],
  ['value in list', is('in', lit('b'), tags), 'u1 u4'],
  ['value in list of a path', is('in', lit(1), prices), 'u4'],
  ['exists', is('exists', age), 'u1 u2 u4 u5'],
  ['exists, list', is('exists', tags), 'u1 u2 u4 u5'],
  ['not exists', not(is('exists', surname)), 'u2 u4'],
]

const LOGIC: readonly FilterCase[] = [
  ['null or true', or(is('gt', age, lit(100)), eq(name, lit('Émile'))), 'u3'],
  ['null and false, negated', not(and(is('gt', age, lit(0)), eq(name, lit('Bob')))), 'u1 u3 u4 u5'],
  ['null and true', and(is('gt', age, lit(0)), eq(name, lit('Émile'))), ''],
  ['null or false', or(is('gt', age, lit(100)), is('lt', age, lit(0))), ''],
  ['not (null or false)', not(or(is('gt', age, lit(100)), is('lt', age, lit(0)))), 'u1 u2 u4 u5'],
  ['or of indexed fields', or(eq(age, lit(17)), eq(city, lit('Paris'))), 'u2 u5'],
  ['and of indexed fields', and(eq(age, lit(30)), eq(city, lit('Rome'))), 'u1'],
  ['deep', and(or(male, eq(age, lit(30))), not(and(eq(city, lit('Rome')), male))), 'u1 u4 u5'],
  ['if', iff(male, is('lt', age, lit(18)), eq(age, lit(30)), BOOL), 'u1 u2'],
  ['if null is null', is('exists', iff(male, lit(1), lit(2), INT)), 'u1 u2 u4'],
  ['if null is null, compared', eq(iff(male, lit(1), lit(2), INT), NULL), 'u3 u5'],
  ['if as value', eq(iff(is('exists', age), age, lit(30), INT), lit(30)), 'u1 u3 u5'],
  ['eq of two conditions', eq(is('gt', age, lit(20)), is('gt', score, lit(0))), 'u1 u3 u5'],
]

const PATHS: readonly FilterCase[] = [
  ['nested', eq(city, lit('Rome')), 'u1 u2'],
  ['nested twice', is('gte', lat, lit(0)), 'u1 u4'],
  ['nested, unset', eq(lat, NULL), 'u2 u3 u5'],
  ['a key that is not there', eq(item(DYN, 'nothing', 'at', 'all'), NULL), ALL],
  ['a name of JavaScript', eq(item(DYN, 'constructor', 'name'), NULL), ALL],
  ['a key of a text', eq(item(DYN, 'name', 'length'), NULL), ALL],
  ['a Ref', eq(item(ref('addrs'), 'addr'), lit('a2')), 'u3 u5'],
  ['a Ref, unset', eq(item(ref('addrs'), 'addr'), NULL), 'u4'],
  ['through a Ref', eq(addrCity, lit('Rome')), 'u1 u2'],
  [
    'through a Ref, unset at the far end',
    eq(item(INT, 'addr', follow('addrs'), 'zip'), NULL),
    'u3 u4 u5',
  ],
  ['through a dangling Ref', eq(bossName, NULL), 'u1 u4'],
  ['through a Ref to itself', eq(bossName, name), 'u5'],
  [
    'twice through Refs',
    eq(item(STRING, 'boss', follow('users'), 'addr', follow('addrs'), 'city'), lit('Rome')),
    'u2 u3',
  ],
  ['the target of a Ref is there', is('exists', item(DYN, 'boss', follow('users'))), 'u2 u3 u5'],
  ['a path into a list', is('in', lit(3, FLOAT), prices), 'u1'],
  [
    'a path into a list, counted',
    eq(call('size_list', INT, item(listOf(INT), 'lines', 'qty')), lit(0)),
    'u2 u4',
  ],
  ['edges', is('in', lit('t2'), teams), 'u1 u3'],
  ['edges, none', eq(call('size_list', INT, teams), lit(0)), 'u4 u5'],
  ['edges are never null', is('exists', teams), ALL],
  ['edges, order', eq(call('index', STRING, teamNames, lit(0)), lit('Blue')), 'u1 u3'],
  ['through edges', is('in', lit('Red'), teamNames), 'u1 u2'],
  [
    'through edges and back',
    is(
      'in',
      lit('u3'),
      item(
        listOf(ref('users')),
        linked('users.teams', true),
        follow('teams'),
        linked('teams.members', true),
      ),
    ),
    'u1 u3',
  ],
  ['friends', is('in', lit('u1'), friends), 'u2 u3'],
  [
    'one-way list',
    is('in', lit('p1'), item(listOf(ref('products')), linked('users.likes', true))),
    'u1 u4',
  ],
  [
    'through a one-way list',
    some(
      item(listOf(ref('products')), linked('users.likes', true)),
      is('gt', path('e1', FLOAT, follow('products'), 'price'), lit(10)),
    ),
    'u1',
  ],
  ['a Ref, then its reverse', is('in', lit('u1'), neighbours), 'u1 u2'],
  ['a Ref, its reverse, and on', is('in', lit(17), neighbourAges), 'u1 u2'],
  ['one to one, and back', eq(owner, item(STRING, '_id')), 'u1 u3'],
  ['one to one, none', eq(owner, NULL), 'u2 u4 u5'],
  ['a Ref in a list', is('in', lit('p2'), item(listOf(ref('products')), 'lines', 'product')), 'u1'],
  ['through a Ref in a list', is('in', lit('Pen'), productNames), 'u1 u4'],
  ['through a Ref in a list and back', is('in', lit('u4'), buyers), 'u1 u4'],
]

const LISTS: readonly FilterCase[] = [
  ['any', some(prices, is('gt', e1(), lit(5))), 'u1'],
  [
    'any, of dicts',
    some(lines, and(eq(e1('product'), lit('p1')), is('gt', e1('qty'), lit(1)))),
    'u1',
  ],
  [
    'any, two conditions must meet in one',
    some(lines, and(eq(e1('product'), lit('p2')), is('gt', e1('price'), lit(5)))),
    '',
  ],
  ['any, of an empty list or null', some(lines, TRUE), 'u1 u4 u5'],
  [
    'any, unknown and true',
    some(lines, or(is('gt', e1('qty'), lit(4)), eq(e1('price'), lit(1)))),
    'u4 u5',
  ],
  ['not any: false for an empty list, unknown for null', not(some(lines, TRUE)), 'u2'],
  ['not any, with an unknown', not(some(lines, is('gt', e1('qty'), lit(9)))), 'u1 u2 u5'],
  ['all', every(lines, is('gte', e1('price'), lit(2.5))), 'u1 u2 u5'],
  ['all, with an unknown', every(lines, is('gte', e1('qty'), lit(1))), 'u1 u2 u5'],
  ['one', quantifier('one', tags, 'e1', eq(e1(), lit('c'))), ''],
  ['one, exactly', quantifier('one', tags, 'e1', eq(e1(), lit('b'))), 'u1 u4'],
  ['the item inside', some(lines, is('gt', e1('price'), score)), 'u1 u4'],
  [
    'through a reference inside',
    some(lines, eq(path('e1', STRING, 'product', follow('products'), 'name'), lit('Ink'))),
    'u1',
  ],
  [
    'through edges inside',
    some(teams, eq(path('e1', STRING, follow('teams'), 'name'), lit('Blue'))),
    'u1 u3',
  ],
  [
    'nested',
    some(
      lines,
      quantifier(
        'any',
        tags,
        'e2',
        and(eq(path('e2', STRING), lit('c')), eq(path('e1', STRING, 'product'), lit('p1'))),
      ),
    ),
    'u4',
  ],
  [
    'all of friends are older',
    every(friends, is('gt', path('e1', INT, follow('users'), 'age'), lit(18))),
    'u2 u3 u4 u5',
  ],
  ['over a literal list', quantifier('any', lit([17, 42]), 'e1', eq(e1(), age)), 'u2 u4'],
  [
    'map',
    is(
      'in',
      lit(21),
      transform(
        'map',
        lines,
        'e1',
        call('mul_float', FLOAT, path('e1', INT, 'qty'), path('e1', FLOAT, 'price')),
      ),
    ),
    'u1',
  ],
  [
    'filter',
    eq(call('size_list', INT, transform('filter', tags, 'e1', eq(e1(), lit('c')))), lit(2)),
    'u4',
  ],
  [
    'filter, unknown is left out',
    eq(
      call('size_list', INT, transform('filter', lines, 'e1', is('gt', e1('qty'), lit(0)))),
      lit(0),
    ),
    'u2 u4',
  ],
  [
    'a list',
    eq({ kind: 'list', items: [age, city], type: listOf(DYN) }, lit([30, 'Rome'], listOf(DYN))),
    'u1',
  ],
  [
    'in a list made of paths',
    is('in', lit(42), { kind: 'list', items: [age, score], type: listOf(DYN) }),
    'u4',
  ],
  [
    'a dict',
    eq(
      {
        kind: 'dict',
        entries: [
          ['a', age],
          ['b', male],
        ],
        type: DYN,
      },
      lit({ b: true, a: 17 }, DYN),
    ),
    'u2',
  ],
]

export const CASES: readonly FilterCase[] = [
  ...CONSTANTS,
  ...COMPARED,
  ...LOGIC,
  ...PATHS,
  ...LISTS,
]
