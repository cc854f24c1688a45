/** `validate`: what it prints in each format, and what it ends with. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { main } from '../../src/cli/main.ts'
import { FINDING_RULES } from '../../src/config/finding-rules.ts'
import { ROOT } from '../support/spawn-backo.ts'
import { fakeTerminal } from './fake-terminal.ts'

const GOOD = `backo: 1
name: app
default_rights: current_user.has_role("ADMIN")
collections: { users: { fields: { name: String } } }
`
const BAD = `backo: 1
name: app
include: [./more/*.yaml]
collections:
  users:
    fields: { name: Strng }
`
const MORE =
  'collections: { "books": { fields: { title: String, by: { type: Ref, coll: user } } } }'

const run = async (
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> => {
  const fake = fakeTerminal({ cwd, env, tty: args.includes('tty') })
  const code = await main(['validate', ...args.filter((arg) => arg !== 'tty')], fake.terminal)
  return { code, out: fake.out(), err: fake.err() }
}

t.test('text', async (t) => {
  const bad = t.testdir({ 'backo.yaml': BAD, more: { 'b c.yaml': MORE }, 'good.yaml': GOOD })
  const good = await run(bad, ['good.yaml', '--strict'])
  t.match(good, { code: 0, out: `valid ${join(bad, 'good.yaml')}\n` })
  const { code, out } = await run(bad, [])
  t.equal(code, 1)
  t.match(
    out,
    /\n6 \| {5}fields: \{ name: Strng \}\n {24}\^~~~~\n {4}hint: Did you mean "String"\?/,
  )
  t.match(out, /more\/b c.yaml:1:\d+ {2}error {2}unknown collection user/)
  t.match(out, /\n2 errors, 2 warnings in 2 files\n$/)
  t.notMatch(out, '\u001b', 'no colours where nobody looks')
  for (const [env, args, coloured] of [
    [{}, ['tty'], true],
    [{ NO_COLOR: '1' }, ['tty'], false],
    [{ FORCE_COLOR: '1' }, [], true],
    [{ TERM: 'dumb' }, ['tty'], false],
  ] as const)
    t.equal((await run(bad, args, env)).out.includes('\u001b[31m'), coloured, JSON.stringify(env))
})

interface Sarif {
  readonly $schema: string
  readonly version: string
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly Rule[] } }
    readonly results: readonly Result[]
  }[]
}
interface Rule {
  readonly id: string
  readonly help: { readonly text: string }
  readonly shortDescription: { readonly text: string }
  readonly defaultConfiguration: { readonly level: string }
}
interface Result {
  readonly ruleId: string
  readonly ruleIndex: number
  readonly level: string
  readonly message: { readonly text: string }
  readonly partialFingerprints: Readonly<Record<string, string>>
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string }
      readonly region: Readonly<Record<string, number>>
    }
  }[]
}

t.test('sarif', async (t) => {
  const cwd = t.testdir({ 'backo.yaml': BAD, more: { 'b c.yaml': MORE }, 'good.yaml': GOOD })
  const { code, out } = await run(cwd, ['--format', 'sarif'])
  t.equal(code, 1)
  const sarif = JSON.parse(out) as Sarif
  t.match(sarif, { $schema: /sarif-2\.1\.0\.json$/, version: '2.1.0' })
  const [{ tool, results }] = sarif.runs as [Sarif['runs'][number]]
  t.equal(results.length, 4)
  const prints = new Set<string>()
  for (const { ruleId, ruleIndex, level, message, locations, partialFingerprints } of results) {
    const rule = tool.driver.rules[ruleIndex]
    t.match(rule, { id: ruleId, help: { text: /\w/ }, shortDescription: { text: /\.$/ } })
    t.equal(rule?.defaultConfiguration.level, level)
    t.match(level, /^(error|warning)$/)
    t.match(message.text, /\w/)
    prints.add(JSON.stringify(partialFingerprints))
    const place = locations[0]?.physicalLocation
    t.match(place?.artifactLocation, {
      uri: /^(backo\.yaml|more\/b%20c\.yaml)$/,
      uriBaseId: 'SRCROOT',
    })
    const { startLine = 0, startColumn = 0, endColumn = 0 } = place?.region ?? {}
    t.ok(startLine >= 1 && startColumn >= 1 && endColumn > startColumn)
  }
  t.equal(prints.size, 4, 'each has a fingerprint of its own')
  const moved = t.testdir({
    'backo.yaml': `# a line more\n${BAD}`,
    more: { 'b c.yaml': MORE },
    'good.yaml': GOOD,
  })
  const again = JSON.parse((await run(moved, ['--format', 'sarif'])).out) as Sarif
  t.same(
    again.runs[0]?.results.map((result) => result.partialFingerprints),
    results.map((result) => result.partialFingerprints),
    'which stays when lines move',
  )
  const good = JSON.parse((await run(moved, ['--format', 'sarif', 'good.yaml'])).out) as Sarif
  t.match(good.runs[0], { results: [], tool: { driver: { name: 'backo', rules: [] } } })
})

t.test('json, by both its names; a format that there is not', async (t) => {
  const cwd = t.testdir({ 'backo.yaml': BAD.replace(/include.*\n/, '') })
  const { out } = await run(cwd, ['--json'])
  t.match(JSON.parse(out), { findings: [{ severity: 'warning' }, { line: 5, hint: /String/ }] })
  t.equal((await run(cwd, ['--format', 'json'])).out, out)
  t.match(await run(cwd, ['--format', 'xml']), { code: 2, err: /text, json, sarif/ })
})

t.test('x-lint-ignore silences a warning at its place', async (t) => {
  const open = (at: string): string =>
    GOOD.replace(/default_rights.*\n/, '').replace('users: {', `users: { ${at}`)
  const cwd = t.testdir({
    'all.yaml': `${open('')}x-lint-ignore: [BACKO_CONFIG_OPEN_WRITE]\n`,
    'one.yaml': open('x-lint-ignore: OPEN_WRITE,'),
    'other.yaml': open('x-lint-ignore: [HOOK_READ],'),
  })
  t.equal((await run(cwd, ['all.yaml', '--strict'])).code, 0)
  t.equal((await run(cwd, ['one.yaml', '--strict'])).code, 0)
  t.equal((await run(cwd, ['other.yaml', '--strict'])).code, 1)
})

t.test('every code has its row in the table, and every row is used', (t) => {
  const used = new Set<string>()
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  for (const name of sources.filter(
    (each) => each.endsWith('.ts') && !each.endsWith('finding-rules.ts'),
  )) {
    const text = readFileSync(join(ROOT, 'src', name), 'utf8')
    for (const [code] of text.matchAll(/BACKO_CONFIG_[A-Z_]+[A-Z]\b/g)) used.add(code)
  }
  t.same([...used].sort(), Object.keys(FINDING_RULES).sort())
  t.end()
})
