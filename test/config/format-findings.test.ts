/**
 * Findings as people and programs read them.
 */
import t from 'tap'
import type { Finding } from '../../src/config/config.ts'
import { findingsToJson, pathText, sortFindings } from '../../src/config/findings.ts'
import { formatFindings } from '../../src/config/format-findings.ts'
import { loadConfigText } from '../../src/config/load-config.ts'

const format = async (text: string, options: { color?: boolean; width?: number } = {}) => {
  const { findings, source } = await loadConfigText(text, { directory: '/srv', env: {} })
  return formatFindings(findings, source, { color: false, cwd: '/srv', ...options })
}
const GOOD = 'backo: 1\nname: app\ncollections: { a: { fields: { b: Int } } }\n'

t.test('for people', async (t) => {
  t.equal(await format(GOOD), 'no findings\n')
  t.equal(
    await format(`${GOOD}colections: {}\nserver:\n\n  prot: 1\n`),
    `backo.yaml:4:1  error  unknown key "colections" (colections)  BACKO_CONFIG_UNKNOWN_KEY
4 | colections: {}
    ^~~~~~~~~~
    hint: did you mean "collections"?

backo.yaml:7:3  error  unknown key "prot" (server.prot)  BACKO_CONFIG_UNKNOWN_KEY
7 |   prot: 1
      ^~~~
    hint: did you mean "port"?

2 errors
`,
  )
  const colored = await format(`${GOOD}colections: {}\n`, { color: true })
  t.match(colored, '\u001b[31merror\u001b[0m')
  // eslint-disable-next-line no-control-regex
  t.equal(colored.replace(/\u001b\[\d+m/g, ''), await format(`${GOOD}colections: {}\n`))
})

t.test('lines of all kinds', async (t) => {
  const rows: readonly [story: string, line: string, options: object, excerpt: string][] = [
    ['tabs', 'server: {\tprot:\t1 }', {}, '4 | server: {  prot:  1 }\n               ^~~~\n'],
    [
      'wide letters',
      'server: { "日本": 1 }',
      {},
      '4 | server: { "日本": 1 }\n              ^~~~~~\n',
    ],
    [
      'wide letters before',
      'server: { host: "日本", prot: 1 }',
      {},
      '4 | server: { host: "日本", prot: 1 }\n                            ^~~~\n',
    ],
    [
      'letters that a terminal obeys',
      'server: { "a\u009bb\u202e": 1 }',
      {},
      '4 | server: { "a·b·": 1 }\n',
    ],
    [
      'a long line: the part around the place',
      `server: { host: ${'h'.repeat(300)}, prot: 1, cookie: ${'c'.repeat(300)} }`,
      { width: 60 },
      `\n4 | ${'h'.repeat(18)}, prot: 1, cookie: ${'c'.repeat(19)}\n                        ^~~~\n`,
    ],
    ['a line break of Windows', 'prot: 1\r', {}, '4 | prot: 1\n    ^~~~\n'],
  ]
  for (const [story, line, options, excerpt] of rows) {
    const text = await format(`${GOOD}${line}\n`, options)
    t.ok(text.includes(excerpt), `${story}: ${JSON.stringify(text)} has ${JSON.stringify(excerpt)}`)
  }
})

t.test('for programs', async (t) => {
  const { findings } = await loadConfigText(`${GOOD}server: { prot: 1 }\n`, { directory: '/srv' })
  t.strictSame(findingsToJson(findings), {
    findings: [
      {
        severity: 'error',
        code: 'BACKO_CONFIG_UNKNOWN_KEY',
        file: '/srv/backo.yaml',
        line: 4,
        column: 11,
        path: 'server.prot',
        message: 'unknown key "prot"',
        hint: 'did you mean "port"?',
      },
    ],
  })
  t.strictSame(findingsToJson([]), { findings: [] })
})

t.test('findings of others: located, in order, each once, counted', async (t) => {
  const { source } = await loadConfigText(GOOD, { directory: '/srv' })
  const finding = (severity: Finding['severity'], ...path: string[]): Finding => ({
    severity,
    code: 'X',
    path,
    message: path.join(),
  })
  const sorted = sortFindings(
    [
      finding('warning', 'collections', 'a'),
      finding('error', 'name'),
      finding('error', 'backo'),
      finding('error', 'name'),
    ],
    source,
  )
  t.match(sorted, [
    { location: { line: 1 } },
    { location: { line: 2 } },
    { location: { line: 3, column: 16 } },
  ])
  t.equal(sorted.length, 3)
  t.match(formatFindings(sorted, source, { color: false }), /\n2 errors, 1 warning\n$/)
})

t.test('what was left out for being faulty is not missed too', async (t) => {
  const { source } = await loadConfigText(GOOD)
  const finding = (code: string, message: string, ...path: string[]): Finding => ({
    severity: 'error',
    code: `BACKO_CONFIG_${code}`,
    path,
    message,
  })
  const wrong = finding('TYPE', 'expected a string', 'collections', 'a', 'coll')
  const missed = finding('MISSING', 'a Ref needs `coll`, the collection', 'collections', 'a')
  const other = finding('MISSING', 'a List needs `items`', 'collections', 'a')
  t.match(sortFindings([missed, wrong, other], source), [
    { code: wrong.code },
    { message: other.message },
  ])
  t.equal(sortFindings([missed], source).length, 1)
})

t.test('paths', (t) => {
  const rows: readonly [path: readonly (string | number)[], text: string][] = [
    [[], ''],
    [['collections', 'users', 'fields', 'addr', 'coll'], 'collections.users.fields.addr.coll'],
    [['indexes', 0, 'fields', 1], 'indexes[0].fields[1]'],
    [['set', '$.a.b'], 'set["$.a.b"]'],
    [['views', '!short'], 'views.!short'],
  ]
  for (const [path, text] of rows) t.equal(pathText(path), text)
  t.end()
})
