/**
 * Files made to hurt: nothing is thrown, nothing takes long, nothing reaches a prototype.
 */
import t from 'tap'
import { formatFindings } from '../../src/config/format-findings.ts'
import { loadConfigText } from '../../src/config/load-config.ts'

const HEAD = 'backo: 1\nname: app\ncollections: { a: { fields: { b: Int } } }\n'

const bomb = (levels: number): string =>
  ['a0: &a0 [x, x, x, x, x, x, x, x, x]']
    .concat(
      Array.from({ length: levels }, (_, index) => {
        const inner = Array(9).fill(`*a${index}`).join(', ')
        return `a${index + 1}: &a${index + 1} [${inner}]`
      }),
    )
    .map((line) => `x-${line}\n`)
    .join('')

const mergeBomb = (levels: number): string =>
  Array.from({ length: levels }, (_, index) =>
    index === 0
      ? 'x-m0: &m0 { a: { b: { c: 1 } } }\n'
      : `x-m${index}: &m${index} { k${index}: *m${index - 1}, l${index}: *m${index - 1}, <<: *m${index - 1} }\n`,
  ).join('')

t.test('hostile files', async (t) => {
  const rows: readonly [story: string, text: string, code: string | null][] = [
    ['an alias bomb', HEAD + bomb(30), 'BACKO_CONFIG_ALIAS'],
    ['a bomb of merges', HEAD + mergeBomb(60), 'BACKO_CONFIG_ALIAS'],
    ['10 000 brackets', `${HEAD}x-a: ${'['.repeat(10_000)}`, 'BACKO_CONFIG_SYNTAX'],
    [
      '10 000 brackets, closed',
      `${HEAD}x-a: ${'['.repeat(10_000)}${']'.repeat(10_000)}`,
      'BACKO_CONFIG_SYNTAX',
    ],
    ['10 000 braces', `${HEAD}x-a: ${'{a: '.repeat(10_000)}`, 'BACKO_CONFIG_SYNTAX'],
    ['10 000 dashes', `${'- '.repeat(10_000)}a`, 'BACKO_CONFIG_SYNTAX'],
    ['10 000 question marks', '? '.repeat(10_000), 'BACKO_CONFIG_SYNTAX'],
    [
      '1 000 levels of blocks',
      Array.from({ length: 1000 }, (_, at) => `${' '.repeat(at)}a:`).join('\n'),
      'BACKO_CONFIG_SYNTAX',
    ],
    [
      'a chain of aliases, each a level deeper',
      `${HEAD}x-a0: &a0 [1]\n${Array.from({ length: 300 }, (_, at) => `x-a${at + 1}: &a${at + 1} [*a${at}]\n`).join('')}`,
      'BACKO_CONFIG_ALIAS',
    ],
    ['a huge file', `${HEAD}x-a: "${'x'.repeat(1024 * 1024)}"\n`, 'BACKO_CONFIG_SYNTAX'],
    [
      '10 000 unknown keys',
      HEAD + Array.from({ length: 10_000 }, (_, at) => `k${at}: 1\n`).join(''),
      'BACKO_CONFIG_UNKNOWN_KEY',
    ],
    ['__proto__ at the top', `${HEAD}__proto__: { polluted: 1 }\n`, 'BACKO_CONFIG_UNKNOWN_KEY'],
    [
      '__proto__ as a field',
      HEAD.replace('b: Int', '__proto__: { type: Int }'),
      'BACKO_CONFIG_NAME',
    ],
    [
      '__proto__ as an option',
      HEAD.replace('Int', '{ type: Int, __proto__: { polluted: 1 } }'),
      'BACKO_CONFIG_UNKNOWN_KEY',
    ],
    ['__proto__ as a collection', HEAD.replace('{ a:', '{ __proto__:'), 'BACKO_CONFIG_NAME'],
    [
      '__proto__ as an action',
      HEAD.replace('fields', 'actions: { __proto__: {} }, fields'),
      'BACKO_CONFIG_NAME',
    ],
    ['__proto__ as a type of field', HEAD.replace('Int', '__proto__'), 'BACKO_CONFIG_VALUE'],
    [
      '__proto__ merged in',
      `${HEAD}x-a: &a { __proto__: { polluted: 1 } }\nserver: { <<: *a }\n`,
      'BACKO_CONFIG_UNKNOWN_KEY',
    ],
    [
      '__proto__ as a literal is a key like any other',
      HEAD.replace('Int', '{ type: FreeDict, default: { __proto__: { polluted: 1 } } }'),
      null,
    ],
    ['toString as an unknown key', `${HEAD}toString: 1\n`, 'BACKO_CONFIG_UNKNOWN_KEY'],
    [
      'toString where options are',
      HEAD.replace('Int', '{ type: Int, toString: 1 }'),
      'BACKO_CONFIG_UNKNOWN_KEY',
    ],
    [
      'toString as an event',
      HEAD.replace('fields', 'on: { toString: a }, fields'),
      'BACKO_CONFIG_UNKNOWN_KEY',
    ],
    ['not a number', `${HEAD}server: { port: .nan }\n`, 'BACKO_CONFIG_TYPE'],
    ['endless', `${HEAD}server: { port: .inf }\n`, 'BACKO_CONFIG_TYPE'],
    ['a zero byte', `${HEAD}description: "\u0000"\n`, null],
    ['half of a letter', `${HEAD}description: "\ud800"\n`, null],
    ['only spaces', '   \n\n', 'BACKO_CONFIG_SYNTAX'],
    [
      'binary',
      Buffer.from(Array.from({ length: 2000 }, (_, at) => (at * 7919) % 256)).toString('latin1'),
      'BACKO_CONFIG_TYPE',
    ],
    [
      'a long line of variables',
      `${HEAD}description: "${'${A'.repeat(20_000)}"\n`,
      'BACKO_CONFIG_VARIABLE',
    ],
    ['a long default', `${HEAD}description: "\${A:-${'$'.repeat(50_000)}}"\n`, null],
  ]
  for (const [story, text, code] of rows) {
    const start = performance.now()
    const { findings, source } = await loadConfigText(text, { env: {} })
    const shown = formatFindings(findings, source, { color: false })
    t.ok(
      performance.now() - start < 10_000,
      `${story}: in ${Math.round(performance.now() - start)} ms`,
    )
    t.equal(findings[0]?.code ?? null, code, `${story}: ${shown.slice(0, 300)}`)
    if (story.includes('bomb')) t.equal(findings.length, 1, `${story}: said once`)
    t.ok(findings.length <= 1000, `${story}: ${findings.length} findings`)
    t.equal(Reflect.get({}, 'polluted'), undefined)
  }
})

t.test('any cut of a good file gives findings, not a crash', async (t) => {
  const text = `backo: 1
name: app
server: { port: "\${PORT:-80}", cors: { origin: [a, b] } }
x-a: &a { type: String, pattern: "^a" }
collections:
  books:
    fields:
      a: *a
      b: { <<: *a, required: true }
      c: { type: Tuple, items: [Int, { type: List, items: String }] }
    can_read: { hook: x }
    actions: { go: { schema: { a: Int }, set: { $.a: 1 } } }
`
  for (let end = 0; end <= text.length; end++) {
    const { findings, source } = await loadConfigText(text.slice(0, end), { env: {} })
    formatFindings(findings, source, { color: true, width: 1 })
    for (const { location } of findings)
      if (!location || location.line < 1 || location.column < 1) t.fail(`at ${end}`)
  }
  for (const value of ['5', '[]', '{}', 'null', 'true', '""', '[[1]]', '{ a: { b: 1 } }'])
    for (const match of text.matchAll(/\w+: /g)) {
      const cut =
        text.slice(0, match.index + match[0].length) +
        value +
        text.slice(text.indexOf('\n', match.index))
      const { findings, source } = await loadConfigText(cut, { env: {} })
      formatFindings(findings, source, { color: false })
    }
  t.pass('no crash')
})
