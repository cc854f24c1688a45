/**
 * Texts and names of the yaml store: what is written reads back the same by the yaml package and by
 * our own quick reader, whatever is in it; file names hold any id and stay in their folder.
 */
import t from 'tap'
import { parseDocument } from 'yaml'
import type { DictValue, Value } from '../../src/expression/expr.ts'
import { idOf, nameOf } from '../../src/connectors/yaml/file-name.ts'
import { linkText, linksText, readLinks } from '../../src/connectors/yaml/links-text.ts'
import { readOwnStyle, readYaml } from '../../src/connectors/yaml/read-yaml.ts'
import { writeYaml } from '../../src/connectors/yaml/write-yaml.ts'
import { seeded } from '../support/seeded.ts'

/** What the yaml package makes of a text, as JSON; null when it is not YAML. */
function slowly(text: string): string | null {
  const document = parseDocument(text, { schema: 'core', prettyErrors: false })
  if (document.errors.length > 0) return null
  try {
    return JSON.stringify(document.toJS({ maxAliasCount: 100 }))
  } catch {
    return null
  }
}

const PIECES =
  'a|B|é|0|1|12|-|_|.|:| |  |#|"|\'|[|]|{|}|,|&|*|!|%|@|`|~|null|true|yes|\\|\\n|<<|=|?|---|...|e5|0x1|+|/|(|;'
    .split('|')
    .concat(
      '|',
      '>',
      '\n',
      '\n\n',
      '\t',
      '\r',
      '\u{1F600}',
      '\u0085',
      '\u2028',
      '\ud83d',
      '\ufeff',
      '\u0000',
      ' \n',
      '\n ',
    )

function maker(random: () => number) {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const text = (): string =>
    Array.from({ length: Math.floor(random() * 6) }, () => pick(PIECES)).join('')
  const value = (depth: number): Value => {
    const kind = random()
    if (kind < 0.4 || depth > 3) return text()
    if (kind < 0.5) return Math.floor((random() - 0.5) * 1e4)
    if (kind < 0.55) return (random() - 0.5) * 10 ** Math.floor(random() * 40 - 20)
    if (kind < 0.62) return pick([true, false, null])
    if (kind < 0.8) return Array.from({ length: Math.floor(random() * 4) }, () => value(depth + 1))
    return dict(depth + 1)
  }
  const dict = (depth: number): DictValue => {
    const keys = Array.from({ length: Math.floor(random() * 4) }, () =>
      random() < 0.6 ? pick(['name', 'age', 'tags', 'a', '_id']) : text(),
    )
    return Object.fromEntries(keys.map((key) => [key, value(depth)]))
  }
  const damaged = (whole: string): string => {
    const at = Math.floor(random() * whole.length)
    const cut = random() < 0.4 ? 1 + Math.floor(random() * 3) : 0
    const put =
      random() < 0.3
        ? pick(['\n', '  ', '- ', '- a: b\n', 'key: v\n', 'a: |\n', '# x\n'])
        : pick(PIECES)
    return whole.slice(0, at) + (cut > 0 ? '' : put) + whole.slice(at + cut)
  }
  return { dict, damaged }
}

t.test('what is written reads back; the quick reader agrees with the package', async (t) => {
  const { dict, damaged } = maker(seeded(20240506).random)
  let quick = 0
  let quickDamaged = 0
  for (let round = 0; round < 3000; round++) {
    const doc = dict(0)
    const json = JSON.stringify(doc)
    const text = writeYaml(doc)
    if (slowly(text) !== json) return t.equal(slowly(text), json, text)
    const own = readOwnStyle(text)
    if (own !== undefined) quick++
    if (own !== undefined && JSON.stringify(own) !== json)
      return t.equal(JSON.stringify(own), json, text)
    for (let damage = 0, other = text; damage < 4; damage++) {
      other = damaged(other)
      const found = readOwnStyle(other)
      if (found === undefined) continue
      quickDamaged++
      if (JSON.stringify(found) !== slowly(other))
        return t.equal(JSON.stringify(found), slowly(other), other)
    }
  }
  t.ok(quick > 1000, `${quick} texts were read quickly`)
  t.ok(quickDamaged > 500, `${quickDamaged} damaged texts were read quickly`)
})

const DOCS: readonly (readonly [string, DictValue, string])[] = [
  [
    'plain',
    { _id: 'u1', name: 'Ann Lee', age: 3, ok: true, none: null },
    '_id: u1\nname: Ann Lee\nage: 3\nok: true\nnone: null\n',
  ],
  [
    'texts like other values',
    { a: 'true', b: '1', c: 'no', d: '~', e: '' },
    'a: "true"\nb: "1"\nc: "no"\nd: "~"\ne: ""\n',
  ],
  [
    'times and ids',
    { a: '2024-05-06T07:08:09.010Z', b: '0190aaaa-bbbb-7ccc-8ddd-eeeeffff0001' },
    'a: 2024-05-06T07:08:09.010Z\nb: 0190aaaa-bbbb-7ccc-8ddd-eeeeffff0001\n',
  ],
  ['several lines', { text: 'one\n\n  two: #\nthree' }, 'text: |-\n  one\n\n    two: #\n  three\n'],
  ['several lines, ended', { list: ['a\nb\n'] }, 'list:\n  - |\n    a\n    b\n'],
  [
    'lists of dicts',
    { lines: [{ a: 1, b: { c: 2 } }, {}] },
    'lines:\n  - a: 1\n    b:\n      c: 2\n  - {}\n',
  ],
  ['lists of lists', { m: [[1, 2], []] }, 'm:\n  -\n    - 1\n    - 2\n  - []\n'],
  ['a long key', { ['k'.repeat(1001)]: { a: 1 } }, `? "${'k'.repeat(1001)}"\n:\n  a: 1\n`],
  ['__proto__', JSON.parse('{"__proto__": {"a": 1}}') as DictValue, '__proto__:\n  a: 1\n'],
]

t.test('how it is written', async (t) => {
  for (const [name, doc, text] of DOCS) {
    t.equal(writeYaml(doc), text, name)
    t.same(readYaml(text), { value: doc }, `${name}, read`)
  }
})

const FAULTS: readonly (readonly [string, string, number | undefined])[] = [
  ['a: [1\nb: 2\n', 'a: [1', 2],
  ['a: 1\na: 2\n', 'duplicate key', 2],
  ['a: .inf\n', 'a number that JSON lacks', undefined],
  ['a: &x [*x]\n', 'a value within itself', undefined],
  ['a: "x\n', 'an open quote', 2],
]

t.test('what is wrong, and where', async (t) => {
  for (const [text, name, line] of FAULTS) {
    const read = readYaml(text)
    if (!('fault' in read)) return t.fail(name)
    t.equal(read.fault.line, line, name)
  }
})

const IDS: readonly (readonly [string, string])[] = [
  ['u1', 'u1'],
  ['User_Ann', 'User_Ann'],
  ['a@x.org', 'a@x.org'],
  ['../../x', '%2e.%2f..%2fx'],
  ['a/b', 'a%2fb'],
  ['a\\b', 'a%5cb'],
  ['.', '%2e'],
  ['..', '%2e.'],
  ['.hidden', '%2ehidden'],
  ['', '%'],
  ['%', '%25'],
  ['CON', '%43ON'],
  ['nul.txt', '%6eul.txt'],
  ['com1', '%63om1'],
  ['console', 'console'],
  ['two words', 'two words'],
  [' x ', '%20x%20'],
  ['é', '%c3%a9'],
  ['e\u0301', 'e%cc%81'],
  ['\u{1F600}', '%f0%9f%98%80'],
  ['\ud83d', '%ud83d'],
  ['\u0000', '%00'],
  ['a:b*c?', 'a%3ab%2ac%3f'],
]

t.test('names of files', async (t) => {
  for (const [id, name] of IDS) {
    t.equal(nameOf(id), name, JSON.stringify(id))
    t.equal(idOf(name), id, `${name}, back`)
  }
  const long = ['x'.repeat(300), 'é'.repeat(300), `${'x'.repeat(299)}y`, '%'.repeat(300)]
  for (const id of long) {
    t.ok(Buffer.byteLength(nameOf(id)) <= 240, 'a long one fits')
    t.equal(idOf(nameOf(id)), null, 'and does not tell its id')
  }
  t.equal(new Set(long.map(nameOf)).size, long.length, 'long ones differ')
  for (const name of ['%2', '%zz', 'a%2Fb', '%41', '%ff', 'é'])
    t.equal(idOf(name), null, `${name} is no name of ours`)
})

t.test('links', async (t) => {
  const lines = [
    { owner: 'u1', other: 't2', added: true },
    { owner: 'a/b, c', other: '"q"\n', added: true },
    { owner: 'true', other: '12', added: true },
    { owner: '\u{1F600}', other: '', added: true },
    { owner: 'u1', other: 't2', added: false },
  ]
  const text = linksText('users.teams', lines)
  t.same(readLinks(text), { lines })
  t.not(slowly(text), null, 'it is YAML')
  t.equal(linkText({ owner: 'u1', other: 't2', added: true }), '- [u1, t2]\n')
  const byHand = '# mine\n-   [ u1 ,t2 ]\n- - u1\n  - 3\n- {unlink: [u1, t2]}\n'
  t.same(readLinks(byHand), {
    lines: [
      { owner: 'u1', other: 't2', added: true },
      { owner: 'u1', other: '3', added: true },
      { owner: 'u1', other: 't2', added: false },
    ],
  })
  for (const wrong of ['- [u1]\n', 'a: b\n', '- [u1, [t2]]\n', '- [u1, t2\n- x'])
    t.ok('fault' in readLinks(wrong), wrong)
})
