/** `backo test` on the command line: its options, read. The work is test.ts's, loaded when it is asked for. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Terminal } from './terminal.ts'
import type { TestOptions } from './test.ts'

export function addTest(
  program: Command,
  terminal: Terminal,
  done: (code: number) => void,
): Command {
  return program
    .command('test')
    .description('run the tests of rights that a configuration holds')
    .argument('[file]', 'the configuration', 'backo.yaml')
    .option('-f, --filter <name>', 'only tests with this in their name')
    .option('--json', 'results and coverage as JSON')
    .option('--junit <file>', 'write the results as JUnit XML too')
    .option('--strict', 'rights that were never seen to hold, or never not to, count as a failure')
    .action(async (file: string, options: TestOptions) => {
      const { test } = await import('./test.ts')
      done(await test(terminal, resolve(terminal.cwd, file), options))
    })
}
