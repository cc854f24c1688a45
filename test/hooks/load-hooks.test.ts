/** Modules of hooks: what is loaded, and what is said of those that can't be. */
import { join } from 'node:path'
import t from 'tap'
import { loadHooks } from '../../src/hooks/load-hooks.ts'

const MODULES = {
  'typed.ts':
    "import { mark } from 'backo'\nimport { two } from './other'\nexport const a: () => string = () => mark + two\nexport default 1",
  'other.ts': 'export const two: number = 2',
  'plain.mjs': 'export const b = await Promise.resolve(3)',
  'common.cjs': 'module.exports = { c: () => 4 }',
  'again.ts': 'export const a = 5',
  'broken.ts': 'export const = 1',
  'throws.ts': "throw new Error('no luck\\nwith this')",
  'lacks.ts': "import x from 'no-such-package'\nexport const y = x",
}

const CASES = [
  { files: ['typed.ts', 'plain.mjs', 'common.cjs'], names: ['a', 'b', 'c'], findings: [] },
  { files: [], names: [], findings: [] },
  {
    files: ['none.ts'],
    names: [],
    findings: [{ code: 'BACKO_CONFIG_HOOKS_MISSING', path: ['hooks', 0], message: /none\.ts/ }],
  },
  {
    files: ['typed.ts', 'again.ts'],
    names: ['a'],
    findings: [{ code: 'BACKO_CONFIG_HOOKS_TWICE', path: ['hooks', 1], message: /^a is/ }],
  },
  {
    files: ['broken.ts'],
    names: [],
    findings: [{ code: 'BACKO_CONFIG_HOOKS_BROKEN', message: /broken\.ts:1:\d+$/ }],
  },
  {
    files: ['throws.ts', 'plain.mjs'],
    names: ['b'],
    findings: [{ path: ['hooks', 0], message: /no luck at with this/ }],
  },
  { files: ['lacks.ts'], names: [], findings: [{ message: /no-such-package/ }] },
]

for (const { files, names, findings } of CASES) {
  t.test(files.join(', ') || 'no module', async (t) => {
    const folder = t.testdir(MODULES)
    const paths = files.map((file) => join(folder, file))
    const loaded = await loadHooks(paths, { mark: 'program' })
    t.same([...loaded.hooks.keys()], names)
    t.match(loaded.findings, findings)
    t.equal(loaded.findings.length, findings.length)
  })
}

t.test('what a hook imports of backo is what the program gave', async (t) => {
  const folder = t.testdir(MODULES)
  const { hooks } = await loadHooks([join(folder, 'typed.ts')], { mark: 'program' })
  const a = hooks.get('a') as () => string
  t.equal(a(), 'program2')
})
