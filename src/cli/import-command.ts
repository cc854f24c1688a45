/** `backo import` on the command line: its options, read. The work is import.ts's, loaded when it is asked for. */
import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'
import type { ImportCommandOptions } from './import.ts'
import type { Terminal } from './terminal.ts'

export function addImport(
  program: Command,
  terminal: Terminal,
  done: (code: number) => void,
): Command {
  return program
    .command('import')
    .description('store the items of a file: NDJSON, one a line, or CSV')
    .argument('[file]', 'the configuration; may be left out: backo import books books.ndjson')
    .argument('[collection]', 'may be left out where each line tells its "_collection"')
    .argument('[data]', 'the file; default: stdin')
    .addOption(
      new Option(
        '-F, --format <format>',
        'default: ndjson, or what the name of the file says',
      ).choices(['ndjson', 'csv']),
    )
    .option('-n, --dry-run', 'say what would be done, and change nothing')
    .option(
      '-u, --upsert',
      'items that are there are modified, by their _id; else they are refused',
    )
    .option('-k, --key <field>', 'with --upsert: items are found by this unique field')
    .option('--stop', 'the first row that is refused ends it')
    .addOption(
      new Option(
        '--keep-going',
        'rows that are refused are told, the others kept (default)',
      ).conflicts('stop'),
    )
    .option('-b, --batch <number>', 'rows in a transaction; default 500', rows)
    .option('--no-meta', 'the _meta of the file is passed over: items are made and modified now')
    .option('--password-hashes', 'passwords may come as the hashes of an export')
    .option('-d, --delimiter <sign>', 'CSV: between cells; default ,', sign)
    .option('--escape-formulas', "CSV: take away the ' which an export has put before = + - @")
    .option('--json', 'the report as JSON')
    .addHelpText('after', HELP)
    .action(
      async (
        file: string | undefined,
        collection: string | undefined,
        data: string | undefined,
        options: ImportCommandOptions,
      ) => {
        const { importFrom } = await import('./import.ts')
        const args = [file, collection, data].filter((each) => each !== undefined)
        done(await importFrom(terminal, args, options))
      },
    )
}

const HELP = `
Every rule on values holds and hooks run, as for any write; no rights are asked. Rows may refer to each other in any
order. Computed fields are worked out anew. With --upsert the same file may be imported again.
Exit codes: 0 all rows are stored, 1 some were refused, 2 it could not run or was stopped.`

const MOST = 10_000

function rows(text: string): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && count <= MOST) return count
  throw new InvalidArgumentError(`a number from 1 to ${MOST}.`)
}

function sign(text: string): string {
  const said = text === '\\t' || text === 'tab' ? '\t' : text
  if (said.length === 1 && !/["\r\n]/.test(said)) return said
  throw new InvalidArgumentError("a sign: ';' or tab.")
}
