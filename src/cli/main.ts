/**
 * argv -> exit code. The table of commands; the only folder that prints. What a command needs is loaded when it is
 * asked for: the program is most of the time that `--help` would take.
 */
import { resolve } from 'node:path'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { addBackup } from './backup-command.ts'
import { addCompletion } from './completion-command.ts'
import { addDocuments } from './document-commands.ts'
import { EXIT } from './exit-codes.ts'
import { addExport } from './export-command.ts'
import { addImport } from './import-command.ts'
import { addInit } from './init-command.ts'
import { addHealth } from './health-command.ts'
import { addMigrate } from './migrate-command.ts'
import type { ServeOptions } from './serve.ts'
import { serve } from './serve.ts'
import type { Terminal } from './terminal.ts'
import { complain, processTerminal } from './terminal.ts'
import { addExplain } from './explain-command.ts'
import { addTest } from './test-command.ts'
import { addToken } from './token-command.ts'
import { packageVersion } from '../version.ts'
import type { ValidateOptions } from './validate.ts'

/** @param args without node and the script */
export async function main(
  args: readonly string[],
  terminal: Terminal = processTerminal(),
): Promise<number> {
  let code: number = EXIT.ok
  const program = buildProgram(terminal, (result) => {
    code = result
  })
  try {
    await program.parseAsync([...args], { from: 'user' })
    return code
  } catch (error) {
    if (!(error instanceof CommanderError)) return fault(terminal, error)
    // help and version that were asked for end with 0, everything else is wrong usage
    return error.exitCode === 0 ? EXIT.ok : EXIT.failed
  }
}

/** The table of commands. The reference in docs/ is made of it. */
export function buildProgram(terminal: Terminal, done: (code: number) => void): Command {
  const program = new Command('backo')
    .description('One backo.yaml in, a complete, safe, fast REST back office out')
    .version(packageVersion(), '-v, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out.write(text),
      writeErr: (text) => terminal.err.write(text),
    })
    .showHelpAfterError('(backo --help lists what there is)')
    .addHelpText(
      'after',
      '\nExit codes: 0 all is well, 1 findings in the configuration, 2 it could not run.',
    )

  addInit(program, terminal, done)
  program
    .command('serve')
    .description('serve an application until SIGINT or SIGTERM')
    .argument('[file]', 'the configuration', 'backo.yaml')
    .option('-p, --port <number>', 'port to listen on, 0 for any that is free', portNumber)
    .option('-H, --host <address>', 'address to listen on')
    .option('--watch', 'reload when the configuration, .env or hooks change')
    .option('-w, --workers <number>', 'processes that serve on the port (sqlite, mongodb)', workers)
    .action(async (file: string, options: ServeOptions) => {
      done(await serve(terminal, resolve(terminal.cwd, file), options))
    })

  program
    .command('validate')
    .description('say what is wrong with a configuration')
    .argument('[file]', 'the configuration', 'backo.yaml')
    .addOption(
      new Option('-f, --format <format>', 'how findings are printed')
        .choices(['text', 'json', 'sarif'])
        .default('text'),
    )
    .option('--json', 'the same as --format json')
    .option('--strict', 'warnings count as findings too')
    .action(async (file: string, options: ValidateOptions) => {
      const { validate } = await import('./validate.ts')
      done(await validate(terminal, resolve(terminal.cwd, file), options))
    })

  addTest(program, terminal, done)
  addExplain(program, terminal, done)
  addMigrate(program, terminal, done)
  addExport(program, terminal, done)
  addImport(program, terminal, done)
  addBackup(program, terminal, done)
  addToken(program, terminal, done)
  addHealth(program, terminal, done)
  addDocuments(program, terminal, done)

  addCompletion(program, terminal, done)

  return program
}

/** Not the user's doing: here a stack helps. */
function fault(terminal: Terminal, error: unknown): number {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  complain(terminal, `this is a fault of the program, please report it\n${text}`)
  return EXIT.failed
}

function portNumber(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError('a port is a number from 0 to 65535.')
}

function workers(text: string): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && count <= 128) return count
  throw new InvalidArgumentError('a number of processes from 1 to 128.')
}
