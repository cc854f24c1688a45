/** `backo init` on the command line: its options, read. The work is init/'s, loaded when it is asked for. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { Option } from 'commander'
import type { InitOptions } from './init/init.ts'
import type { Terminal } from './terminal.ts'

export function addInit(
  program: Command,
  terminal: Terminal,
  done: (code: number) => void,
): Command {
  return program
    .command('init')
    .description('write an application to start from: backo.yaml, hooks, Dockerfile, compose.yaml')
    .argument('[dir]', 'where; made when it is not there', '.')
    .addOption(new Option('-t, --template <name>', 'what it is').choices(['quickstart', 'library']))
    .addOption(
      new Option('-s, --store <type>', 'where items are kept').choices([
        'sqlite',
        'yaml',
        'mongodb',
      ]),
    )
    .option('-n, --name <name>', 'its name in URLs; default: that of the folder')
    .option('-y, --yes', 'ask nothing: quickstart, sqlite, unless said otherwise')
    .option('--force', 'write over files that are there (never over .env, package.json, ...)')
    .action(async (dir: string, options: InitOptions) => {
      const { init } = await import('./init/init.ts')
      done(await init(terminal, resolve(terminal.cwd, dir), options))
    })
}
