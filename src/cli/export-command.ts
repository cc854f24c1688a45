/** `backo export` on the command line: its options, read. The work is export.ts's, loaded when it is asked for. */
import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'
import type { ExportCommandOptions } from './export.ts'
import type { Terminal } from './terminal.ts'

export function addExport(
  program: Command,
  terminal: Terminal,
  done: (code: number) => void,
): Command {
  return program
    .command('export')
    .description('print stored items: NDJSON, one a line, or CSV')
    .argument('[file]', 'the configuration; may be left out: backo export books')
    .argument('[collection]', 'default: all of them, each line with its "_collection"')
    .addOption(
      new Option(
        '-F, --format <format>',
        'default: ndjson, or what the name of --output says',
      ).choices(['ndjson', 'csv']),
    )
    .option('-o, --output <file>', 'into a file: whole, or as it was before')
    .option('-f, --filter <json>', `only these: '{"year": {"$gte": 1970}}'`, jsonObject)
    .option('--view <name>', 'as this view shows them; default: as they are kept, for import')
    .option(
      '--password-hashes',
      'the hashes of passwords too; import takes them with the same option',
    )
    .option('--no-files', 'without the contents of files, which import needs')
    .option('--escape-formulas', "CSV: a ' before cells that begin with = + - @")
    .addHelpText('after', HELP)
    .action(
      async (file: string | undefined, name: string | undefined, options: ExportCommandOptions) => {
        const { exportTo } = await import('./export.ts')
        done(
          await exportTo(
            terminal,
            [file, name].filter((each) => each !== undefined),
            options,
          ),
        )
      },
    )
}

const HELP = `
Read from one moment of the store, whatever is written meanwhile (sqlite, mongodb). No rights are asked.
\`backo export > all.ndjson\` and \`backo import all.ndjson\` move an application to any other store.
Exit codes: 0 done, 1 findings in the configuration, 2 it could not run.`

function jsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Readonly<Record<string, unknown>>
  } catch {
    // told below
  }
  throw new InvalidArgumentError('a filter is a JSON object: {"name": "John"}.')
}
