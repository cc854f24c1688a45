/** `backo migrate` on the command line: its options, read. The work is migrate.ts's, loaded when it is asked for. */
import type { Command } from 'commander'
import { InvalidArgumentError } from 'commander'
import type { MigrateCommandOptions, Setting } from './migrate.ts'
import type { Terminal } from './terminal.ts'

export function addMigrate(
  program: Command,
  terminal: Terminal,
  done: (code: number) => void,
): Command {
  return program
    .command('migrate')
    .description('check every stored item against the model, or change them')
    .argument('[file]', 'the configuration; may be left out: backo migrate books')
    .argument('[collection]', 'default: all of them')
    .option('-f, --function <file#name>', 'a function (item) => item, or one that changes its item')
    .option(
      '-s, --set <selector=value>',
      "'$.note=10.0'; JSON, else a text; may be repeated",
      setting,
    )
    .option('-u, --unset <selector>', "'$.old'; may be repeated", more)
    .option('--unfit', '--set and --unset only where what is stored does not fit the model')
    .option('-i, --ids <ids>', 'only these items: a,b', list)
    .option('--after <id>', 'only items after this _id: goes on where a run ended')
    .option('--no-dry-run', 'write what changes')
    .option('--plan', 'what does not fit, counted by cause, and what would mend it')
    .option('--json', 'the report as JSON')
    .option('--report <file>', 'the report as JSON into a file')
    .addHelpText(
      'after',
      '\nNothing is written without --no-dry-run. Exit codes: 0 all items fit, 1 some do not, 2 it could not run.',
    )
    .action(
      async (
        file: string | undefined,
        name: string | undefined,
        options: MigrateCommandOptions,
      ) => {
        const { migrate } = await import('./migrate.ts')
        done(await migrate(terminal, [file, name], options))
      },
    )
}

function setting(text: string, settings: readonly Setting[] = []): readonly Setting[] {
  const [, selector, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (selector === undefined || value === undefined)
    throw new InvalidArgumentError("it is '$.field=value'.")
  return [...settings, [selector.trim(), jsonOr(value)]]
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const more = (selector: string, selectors: readonly string[] = []): readonly string[] => [
  ...selectors,
  selector,
]

function list(text: string, before: readonly string[] = []): readonly string[] {
  const ids = text.split(',').map((id) => id.trim())
  if (ids.includes('')) throw new InvalidArgumentError('ids are separated by commas: a,b.')
  return [...before, ...ids]
}
