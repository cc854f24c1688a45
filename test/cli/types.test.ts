/** `backo types`: what is printed compiles, refuses what is wrong, and talks to a server. */
import { transformSync } from 'esbuild'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { createApp } from '../../src/app.ts'
import { main } from '../../src/cli/main.ts'
import { EVERY_TYPE } from '../http/every-type.ts'
import { ROOT } from '../support/spawn-backo.ts'
import { typeCheck } from '../support/type-check.ts'
import { fakeTerminal } from './fake-terminal.ts'

const FIXTURES = join(ROOT, 'test/cli/fixtures/client')

/** As a careful user has it; `dom` as in a browser, else as in Node. */
const tsconfig = (platform: 'dom' | 'node'): string =>
  JSON.stringify({
    compilerOptions: {
      target: 'es2022',
      lib: platform === 'dom' ? ['es2022', 'dom'] : ['es2022'],
      types: platform === 'dom' ? [] : [join(ROOT, 'node_modules/@types/node')],
      module: 'esnext',
      moduleResolution: 'bundler',
      allowImportingTsExtensions: true,
      noEmit: true,
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      noImplicitOverride: true,
      noPropertyAccessFromIndexSignature: true,
      noUnusedLocals: true,
      verbatimModuleSyntax: true,
      isolatedModules: true,
      erasableSyntaxOnly: true,
    },
    include: ['*.ts'],
  })

async function typesOf(file: string): Promise<string> {
  const { terminal, out, err } = fakeTerminal()
  const code = await main(['types', file], terminal)
  if (code !== 0) throw new Error(err())
  return out()
}

async function compile(folder: string, platform: 'dom' | 'node'): Promise<string> {
  writeFileSync(join(folder, 'tsconfig.json'), tsconfig(platform))
  return typeCheck(['-p', '.'], folder)
}

t.test('every type', async (t) => {
  const folder = t.testdir({ 'backo.yaml': JSON.stringify(EVERY_TYPE) })
  const api = await typesOf(join(folder, 'backo.yaml'))
  t.notMatch(api, /^import /m, 'it needs nothing')
  writeFileSync(join(folder, 'api.ts'), api)
  for (const name of ['usage.ts', 'bad.ts']) copyFileSync(join(FIXTURES, name), join(folder, name))
  t.equal(await compile(folder, 'dom'), '', 'in a browser')
  t.equal(await compile(folder, 'node'), '', 'in Node')

  for (const name of ['api', 'usage']) {
    const { code } = transformSync(readFileSync(join(folder, `${name}.ts`), 'utf8'), {
      loader: 'ts',
      target: 'es2022',
    })
    writeFileSync(join(folder, `${name}.mjs`), code.replace('./api.ts', './api.mjs'))
  }
  const app = await createApp(
    { text: EVERY_TYPE, directory: folder },
    { logStream: { write: () => null } },
  )
  t.teardown(() => app.close())
  const url = await app.listen({ port: 0 })
  const { use } = (await import(pathToFileURL(join(folder, 'usage.mjs')).href)) as {
    use: (url: string) => Promise<Record<string, unknown>>
  }
  t.match(await use(url), {
    text: 'abc',
    pair: [1, 'one'],
    color: 'red',
    login: 'bob',
    round: 'bob',
    inner: 1,
    fewLogin: 'bob',
    keys: ['_id', 'dict', 'owner'],
    each: ['abc', 'bc', 'cd', 'de'],
    many: 3,
    page: [2, ['cd'], ['bc']],
    either: ['abc'],
    eitherTotal: 'none',
    unset: 3,
    tagged: 1,
    odd: ['cd'],
    plain: 1,
    updated: 2.5,
    stale: [412, 'BACKO_REQUEST_VERSION', []],
    patched: 4,
    grown: 5,
    rows: [['abc', 'bob']],
    chosen: ['bc'],
    version: 4,
    history: 4,
    wrong: /Must be a string/,
    right: null,
    meta: 'things',
    refused: [400, 'BACKO_REQUEST_INVALID', ['$.text', '$.whole']],
    batch: [201, 200],
    gone: [404, 'BACKO_REQUEST_NOT_FOUND', []],
    wrongLogin: [401, 'BACKO_RIGHT_ANONYMOUS', []],
    logins: ['ANONYMOUS', 'bob', 'ANONYMOUS'],
    described: 'all',
    size: 5,
    content: 'hello',
    seen: ['created zoe', 'modified', 'deleted'],
  })
})

t.test('names that would clash, and texts that would end a comment', async (t) => {
  const fields = { name: { type: 'String', description: 'ends */ here' } }
  const folder = t.testdir({
    'backo.yaml': JSON.stringify({
      backo: 1,
      name: 'odd',
      collections: {
        client: { fields },
        page: { fields, description: '*/ alert(1) /*' },
        'a-b': { fields, actions: { 'do-it': { schema: {}, set: { '$.name': "'x'" } } } },
        a_b: { fields: { name: 'String', ref: { type: 'Ref', coll: 'a-b' } } },
        record: { fields },
        promise: { fields },
      },
    }),
  })
  writeFileSync(join(folder, 'api.ts'), await typesOf(join(folder, 'backo.yaml')))
  t.equal(await compile(folder, 'dom'), '')
})

t.test('the examples', async (t) => {
  for (const name of ['quickstart', 'media_library']) {
    const folder = t.testdir({})
    writeFileSync(join(folder, 'api.ts'), await typesOf(join(ROOT, 'examples', name, 'backo.yaml')))
    t.equal(await compile(folder, 'dom'), '', name)
  }
})

t.test('openapi, and a file that is wrong', async (t) => {
  const folder = t.testdir({
    'backo.yaml': JSON.stringify(EVERY_TYPE),
    'wrong.yaml': 'backo: 1\nname: x\n',
  })
  const printed = fakeTerminal()
  t.equal(await main(['openapi', join(folder, 'backo.yaml')], printed.terminal), 0)
  t.match(JSON.parse(printed.out()), { openapi: '3.1.0', info: { title: 'all' } })
  for (const command of ['openapi', 'types']) {
    const { terminal, out, err } = fakeTerminal()
    t.equal(await main([command, join(folder, 'wrong.yaml')], terminal), 1)
    t.equal(out(), '')
    t.match(err(), /collections/)
    const none = fakeTerminal()
    t.equal(await main([command, join(folder, 'none.yaml')], none.terminal), 2)
  }
})
