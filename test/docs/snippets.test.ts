/** What docs/ shows is run: see run-page.ts. A block that is not counted here would be one that nobody tries. */
import { execFile } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { ROOT } from '../support/spawn-backo.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { runPage } from './run-page.ts'

/** By page, how many blocks of each kind are run. */
const PAGES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'first-ten-minutes.md': { console: 9, sh: 1, ts: 1 },
  'from-json-server.md': { file: 2, yaml: 1, sh: 2 },
  'from-pocketbase.md': { yaml: 1, sh: 2, ts: 1, file: 2 },
  'from-python-backo.md': { ts: 1, yaml: 1, file: 2, console: 1, sh: 2 },
  'recipes.md': { yaml: 6, sh: 3 },
}

const home = temporaryFolder(t)
t.jobs = 3

for (const [name, expected] of Object.entries(PAGES))
  t.test(name, { buffered: true }, async (t) => {
    t.strictSame(await runPage(t, name, join(home, name.replace('.md', ''))), expected)
  })

t.test('what is TypeScript compiles', async (t) => {
  const compilerOptions = {
    target: 'es2023',
    lib: ['es2023', 'dom'],
    module: 'esnext',
    moduleResolution: 'bundler',
    allowImportingTsExtensions: true,
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    types: [join(ROOT, 'node_modules/@types/node')],
    paths: { backo: [join(ROOT, 'dist/src/index.d.ts')] },
  }
  const project = join(home, 'tsconfig.json')
  writeFileSync(project, JSON.stringify({ compilerOptions, include: ['**/*.ts'] }))
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
  const said = await promisify(execFile)(process.execPath, [tsc, '-p', project]).then(
    () => '',
    ({ stdout }: { stdout: string }) => stdout,
  )
  t.equal(said, '')
})

t.test('no page is left out', (t) => {
  const pages = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'))
  t.strictSame(pages.sort(), [...Object.keys(PAGES), 'reference.md'].sort())
  t.end()
})
