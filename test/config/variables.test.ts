/**
 * `${NAME}`: what is filled in, and how it is read in the place where it stands.
 */
import t from 'tap'
import { loadConfigText } from '../../src/config/load-config.ts'
import { plainScalar, substitute } from '../../src/config/variables.ts'

t.test('texts', (t) => {
  const env: Record<string, string> = { A: 'a', EMPTY: '', B_1: '${A}', BRACE: '}' }
  const rows: readonly [text: string, filled: string][] = [
    ['${A}', 'a'],
    ['x${A}y${A}z', 'xayaz'],
    ['${NO:-default}', 'default'],
    ['${NO:-}', ''],
    ['${A:-default}', 'a'],
    ['${EMPTY:-default}', 'default'],
    ['${EMPTY}', ''],
    ['${NO:-a b:-c/$d}', 'a b:-c/$d'],
    ['${B_1}', '${A}'],
    ['$${A}', '${A}'],
    ['$$${A}', '$${A}'],
    ['$A {A} $', '$A {A} $'],
    ['${BRACE}', '}'],
  ]
  for (const [text, filled] of rows)
    t.strictSame(
      substitute(text, (name) => env[name]),
      { text: filled, problems: [] },
      text,
    )
  for (const text of ['${NO}', '${}', '${ A }', '${1A}', '${A-b}', '${A', '${A:-${B}}'])
    t.equal(substitute(text, (name) => env[name]).problems.length, 1, text)
  t.end()
})

t.test('scalars of YAML 1.2', (t) => {
  const rows: readonly [text: string, value: unknown][] = [
    ['8080', 8080],
    [' 12 ', 12],
    ['-1', -1],
    ['0x1F', 31],
    ['0o17', 15],
    ['1.5e3', 1500],
    ['.5', 0.5],
    ['true', true],
    ['False', false],
    ['yes', 'yes'],
    ['null', null],
    ['', null],
    ['1.2.3', '1.2.3'],
    ['{a: 1}', '{a: 1}'],
    ['1_000', '1_000'],
  ]
  for (const [text, value] of rows) t.equal(plainScalar(text), value, text)
  t.end()
})

t.test('read as the place wants it', async (t) => {
  const secret = '12345678901234567890123456789012'
  const load = (text: string) =>
    loadConfigText(`backo: 1\nname: a\n${text}\ncollections: { a: { fields: { b: Int } } }\n`, {
      env: { PORT: '81', SECRET: secret, YES: 'true', ORIGIN: '*', LEVEL: 'warn', ONE: '1' },
    })
  const rows: readonly [text: string, expected: object][] = [
    ['server: { port: "${PORT}" }', { server: { port: 81 } }],
    ['server:\n  port: ${PORT:-8080}', { server: { port: 81 } }],
    ['server:\n  port: ${NONE:-8080}', { server: { port: 8080 } }],
    ['server: { docs: "${NONE:-false}" }', { server: { docs: false } }],
    ['server: { body_limit: "${NONE:-1KiB}" }', { server: { body_limit: 1024 } }],
    ['server:\n  log: { level: "${LEVEL}" }', { server: { log: { level: 'warn' } } }],
    ['auth:\n  secret: ${SECRET}', { auth: { secret } }],
    ['auth: { secret: "${SECRET}" }', { auth: { secret } }],
    ['default_rights: ${YES}', { default_rights: true }],
    ['description: ${PORT}', { description: '81' }],
    ['description: ${NONE:-}', { description: '' }],
    ['description: $${PORT}', { description: '${PORT}' }],
    ['types:\n  A: { type: IpAddress, version: "${NONE:-4}" }', { types: { A: { version: 4 } } }],
    ['types:\n  A:\n    type: Int\n    default: ${PORT}', { types: { A: { default: 81 } } }],
    ['types:\n  A:\n    type: String\n    default: "${PORT}"', { types: { A: { default: '81' } } }],
  ]
  for (const [text, expected] of rows) {
    const { config, findings } = await load(text)
    t.strictSame(findings, [], text)
    t.match(config, expected, text)
  }
  const { findings: version } = await loadConfigText(
    'backo: ${ONE}\nname: a\ncollections: { a: { fields: { b: Int } } }',
    { env: { ONE: '1' } },
  )
  t.strictSame(version, [])

  const told = await load('server: { port: "${SECRET}x" }')
  t.match(told.findings, [
    { code: 'BACKO_CONFIG_TYPE', message: 'expected a whole number, got a string' },
  ])
  const level = await load('server: { log: { level: "${SECRET}" } }')
  t.notMatch(JSON.stringify(level.findings), secret, 'what a variable holds is not told')
})
