/**
 * `include`: which files a pattern finds, how they are merged, and what is said about those that don't fit.
 */
import { join, relative } from 'node:path'
import t, { type Test } from 'tap'
import { glob } from '../../src/config/glob.ts'
import { loadConfig } from '../../src/config/load-config.ts'

const main = (include: string, more = ''): string =>
  `backo: 1\nname: app\ninclude: ${include}\n${more}`
const collection = (name: string): string => `collections:\n  ${name}:\n    fields: { a: Int }\n`

const load = async (t: Test, files: Record<string, unknown>) => {
  const folder = t.testdir(files as Parameters<Test['testdir']>[0])
  const loaded = await loadConfig(join(folder, 'backo.yaml'), { env: { DIR: 'parts' } })
  const found = loaded.findings.map(({ location, code, message, path, hint }) => ({
    place: `${relative(folder, location?.file ?? '')}:${location?.line}:${location?.column}`,
    code,
    message,
    path: path.join('.'),
    hint,
  }))
  return { ...loaded, found, folder }
}

t.test('collections and types of other files', async (t) => {
  const { config, found, source, folder } = await load(t, {
    'backo.yaml': main(
      '[parts/*.yaml, ./types.yml]',
      'collections: { own: { fields: { a: Int } } }\n',
    ),
    parts: {
      'b.yaml': collection('b'),
      'a.yaml': `x-f: &f Int\n${collection('a')}`,
      'c.txt': 'no',
    },
    'types.yml': 'types: { T: Int }\n',
  })
  t.strictSame(found, [])
  t.strictSame(Object.keys(config?.collections ?? {}), ['own', 'a', 'b'])
  t.ok(config?.types['T'])
  t.equal(source.texts.size, 4)
  t.strictSame(source.locate(['collections', 'b', 'fields', 'a', 'type']), {
    file: join(folder, 'parts', 'b.yaml'),
    line: 3,
    column: 18,
    length: 3,
  })
})

t.test(
  'all collections elsewhere, one pattern as text with a variable, a file found twice',
  async (t) => {
    const { config, found } = await load(t, {
      'backo.yaml': main('["./${DIR}/**/*.yaml", parts/a.yaml]'),
      parts: { 'a.yaml': collection('a'), deep: { er: { 'b.yaml': collection('b') } } },
    })
    t.strictSame(found, [])
    t.strictSame(Object.keys(config?.collections ?? {}), ['a', 'b'])
  },
)

t.test('the main file is never its own part', async (t) => {
  const { found } = await load(t, { 'backo.yaml': main('"*.yaml"'), 'a.yaml': collection('a') })
  t.strictSame(found, [])
})

t.test('mistakes', async (t) => {
  const rows: readonly [story: string, files: Record<string, unknown>, found: object][] = [
    [
      'no file matches',
      { 'backo.yaml': main('[none/*.yaml]', collection('a')) },
      {
        place: 'backo.yaml:3:11',
        code: 'BACKO_CONFIG_INCLUDE',
        message: 'no file matches "none/*.yaml"',
      },
    ],
    [
      'the same collection twice',
      {
        'backo.yaml': main('b/*.yaml', collection('a')),
        b: { 'b.yaml': `# b\n${collection('a')}` },
      },
      {
        place: 'b/b.yaml:3:3',
        code: 'BACKO_CONFIG_DUPLICATE',
        path: 'collections.a',
        message: '"a" is here twice; the first is in ../backo.yaml, line 5',
      },
    ],
    [
      'a key that is for the main file',
      { 'backo.yaml': main('b.yaml', collection('a')), 'b.yaml': 'server: { port: 1 }\n' },
      { place: 'b.yaml:1:1', code: 'BACKO_CONFIG_UNKNOWN_KEY', path: 'server' },
    ],
    [
      'an include of an include',
      { 'backo.yaml': main('b.yaml', collection('a')), 'b.yaml': 'include: c.yaml\n' },
      { place: 'b.yaml:1:1', code: 'BACKO_CONFIG_UNKNOWN_KEY', path: 'include' },
    ],
    [
      'a misspelt key',
      { 'backo.yaml': main('b.yaml', collection('a')), 'b.yaml': 'collection: {}\n' },
      { place: 'b.yaml:1:1', hint: 'did you mean "collections"?' },
    ],
    [
      'a list',
      { 'backo.yaml': main('b.yaml', collection('a')), 'b.yaml': '- a\n' },
      { place: 'b.yaml:1:1', code: 'BACKO_CONFIG_INCLUDE' },
    ],
    [
      'a mistake of syntax in a part',
      { 'backo.yaml': main('b.yaml', collection('a')), 'b.yaml': 'a: b: c\n' },
      { place: 'b.yaml:1:4', code: 'BACKO_CONFIG_SYNTAX' },
    ],
    [
      'a mistake in a part',
      { 'backo.yaml': main('b.yaml'), 'b.yaml': collection('a').replace('Int', '5') },
      { place: 'b.yaml:3:18', code: 'BACKO_CONFIG_TYPE', path: 'collections.a.fields.a' },
    ],
    [
      'a number',
      { 'backo.yaml': main('5', collection('a')) },
      {
        place: 'backo.yaml:3:10',
        code: 'BACKO_CONFIG_TYPE',
        message: 'expected a string or a list, got a number',
      },
    ],
  ]
  for (const [story, files, expected] of rows)
    await t.test(story, async (t) => {
      const { found, config } = await load(t, files)
      t.match(found, [expected])
      t.equal(found.length, 1)
      if (story.includes('syntax')) t.equal(config, undefined, 'half of it would mislead')
    })
})

t.test('patterns', async (t) => {
  const folder = t.testdir({
    'a.yaml': '',
    'ab.yaml': '',
    '.hidden.yaml': '',
    'a.yml': '',
    sub: {
      'a.yaml': '',
      node_modules: { 'x.yaml': '' },
      '.git': { 'x.yaml': '' },
      deep: { 'c.yaml': '' },
    },
    'dir.yaml': {},
  })
  const rows: readonly [pattern: string, found: readonly string[]][] = [
    ['*.yaml', ['a.yaml', 'ab.yaml']],
    ['./?.yaml', ['a.yaml']],
    ['a*', ['a.yaml', 'a.yml', 'ab.yaml']],
    ['*', ['a.yaml', 'a.yml', 'ab.yaml']],
    ['.*.yaml', ['.hidden.yaml']],
    ['.hidden.yaml', ['.hidden.yaml']],
    ['**/*.yaml', ['a.yaml', 'ab.yaml', 'sub/a.yaml', 'sub/deep/c.yaml']],
    ['sub/**', ['sub/a.yaml', 'sub/deep/c.yaml']],
    ['*/a.yaml', ['sub/a.yaml']],
    ['sub/../ab.yaml', ['ab.yaml']],
    ['sub\\a.yaml', ['sub/a.yaml']],
    ['none/*.yaml', []],
    ['none.yaml', []],
    ['', []],
    [`${'*a'.repeat(40)}b`, []],
  ]
  for (const [pattern, found] of rows)
    t.strictSame(
      (await glob(pattern, folder)).map((file) => relative(folder, file)),
      found,
      pattern,
    )
  t.strictSame(
    await glob(join(folder, '?.yaml'), '/'),
    [join(folder, 'a.yaml')],
    'an absolute pattern',
  )
})
