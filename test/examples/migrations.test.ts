/** The section on migrations of README.md: its models, its function and its commands, run by the real program. */
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { createApp } from '../../src/app.ts'
import { BIN, ROOT } from '../support/spawn-backo.ts'
import { QUIET } from '../migrate/stored.ts'

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
const section = /^## Migrations\n([^]*?)^## /m.exec(readme)?.[1] ?? ''

const blocks = (language: string): string[] =>
  [...section.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(
    ([, text]) => text ?? '',
  )

const BOOKS = [
  { isbn: '111', name: 'Dune', pages: '412', shelf: 'A1' },
  { isbn: '222', name: 'Emma', pages: '544' },
  { isbn: '333', name: 'Ubik', shelf: 'A2' },
]

const modelOf = (collections: string, storage: string): string =>
  `backo: 1\nname: library\nstorage: { default: ${storage} }\n${collections}`

for (const storage of ['{ type: sqlite, path: ./library.db }', '{ type: yaml, path: ./data }'])
  t.test(`migrations of README.md, as they stand there: ${storage}`, async (t) => {
    const [before = '', after = ''] = blocks('yaml')
    const [hooks = ''] = blocks('ts')
    const cwd = t.testdir({ 'backo.yaml': modelOf(before, storage), 'hooks.ts': hooks })
    const first = await createApp(join(cwd, 'backo.yaml'), QUIET)
    for (const book of BOOKS) await first.backoffice['books']?.create(book)
    await first.close()
    writeFileSync(join(cwd, 'backo.yaml'), modelOf(after, storage))
    const backo = async (command: string): Promise<string> => {
      const script = `backo() { "${process.execPath}" "${BIN}" "$@"; }; ${command} || true`
      const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd })
      return stdout
    }
    const transcripts = blocks('console')
    t.equal(transcripts.length, 2)
    for (const transcript of transcripts) {
      const [, command = '', expected = ''] = /^\$ (.*)\n([^]*)$/.exec(transcript) ?? []
      t.equal(await backo(command), expected, command)
      if (command.includes('--function'))
        t.match(await backo(`${command} --no-dry-run`), /3 changed/)
    }
    t.equal(
      await backo('backo migrate'),
      'works: 3 items: 0 would change, 0 do not fit the model, 3 stay as they are\n',
    )
    const last = await createApp(join(cwd, 'backo.yaml'), QUIET)
    const dune = await last.backoffice['works']?.load('111')
    t.match(dune, { title: 'Dune', pages: 412, note: 10 })
    await last.close()
  })
