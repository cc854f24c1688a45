/** `completion`: what a real bash offers, and fish and zsh where they are; made of the table of commands. */
import { execFile } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { main } from '../../src/cli/main.ts'
import { BIN } from '../support/spawn-backo.ts'
import { fakeTerminal } from './fake-terminal.ts'

const run = promisify(execFile)

async function scriptFor(shell: string): Promise<string> {
  const fake = fakeTerminal()
  t.equal(await main(['completion', shell], fake.terminal), 0)
  return fake.out()
}

/** The words before the cursor; the last one is being written. */
const ROWS: readonly (readonly [words: readonly string[], offers: readonly string[]])[] = [
  [['se'], ['serve']],
  [['ver'], []],
  [['help', 'mig'], ['migrate']],
  [['serve', '--wa'], ['--watch']],
  [['serve', '--port', ''], []],
  [
    ['serve', ''],
    ['my app.yaml', 'other.yml', 'sub'],
  ],
  [['serve', 'o'], ['other.yml']],
  [
    ['validate', '--format', ''],
    ['json', 'sarif', 'text'],
  ],
  [['validate', '--format', '=', 'sa'], ['sarif']],
  [
    ['validate', '--format', '='],
    ['json', 'sarif', 'text'],
  ],
  [['init', '--store', 'm'], ['mongodb']],
  [['init', 's'], ['sub']],
  [['export', 'other.yml', 'bo'], ['books']],
  [['migrate', '--report', 'n'], ['note.txt']],
  [['completion', 'z'], ['zsh']],
  [['nosuch', ''], []],
]

t.test('bash', async (t) => {
  const folder = t.testdir({
    'backo.bash': await scriptFor('bash'),
    bin: { backo: `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n` },
    cwd: {
      'my app.yaml': '',
      'other.yml': 'backo: 1\nname: app\ncollections: { books: { fields: { a: Int } } }',
      'note.txt': '',
      sub: {},
    },
  })
  chmodSync(join(folder, 'bin/backo'), 0o755)
  const asks = ROWS.map(([words], index) => {
    const all = ['backo', ...words].map((word) => `'${word}'`).join(' ')
    return `COMP_WORDS=(${all}); COMP_CWORD=${words.length}; _backo; for w in "\${COMPREPLY[@]}"; do echo "${index} $w"; done`
  })
  const script = join(folder, 'ask.bash')
  writeFileSync(script, `source ${join(folder, 'backo.bash')}\n${asks.join('\n')}\n`)
  const { stdout } = await run('bash', [script], {
    cwd: join(folder, 'cwd'),
    env: { PATH: `${join(folder, 'bin')}:${process.env['PATH']}` },
  })
  const lines = stdout.split('\n')
  for (const [index, [words, offers]] of ROWS.entries()) {
    const head = `${index} `
    const offered = lines
      .filter((line) => line.startsWith(head))
      .map((line) => line.slice(head.length))
    t.same([...new Set(offered)].sort(), offers, words.join(' '))
  }
})

for (const shell of ['bash', 'zsh', 'fish']) {
  t.test(`${shell} reads it, and every command is in it`, async (t) => {
    const script = await scriptFor(shell)
    const fake = fakeTerminal()
    await main(['--help'], fake.terminal)
    const commands = [...fake.out().matchAll(/^ {2}([a-z]+) (?:\[|<)/gm)].map(([, name]) => name)
    t.ok(commands.length > 5)
    for (const name of commands) if (name !== 'help') t.match(script, new RegExp(`\\b${name}\\b`))
    const file = join(t.testdir({ script }), 'script')
    await run(shell, ['-n', file]).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      t.comment(`there is no ${shell} here`)
    })
  })
}

t.test('no shell, and one that there is not', async (t) => {
  for (const args of [[], ['tcsh']]) {
    const fake = fakeTerminal()
    t.equal(await main(['completion', ...args], fake.terminal), 2)
    t.match(fake.err(), /shell/)
  }
})
