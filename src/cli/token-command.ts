/** `backo token` on the command line: its options, read. The work is token.ts's, loaded when it is asked for. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { InvalidArgumentError } from 'commander'
import { parseDuration } from '../config/units.ts'
import type { Terminal } from './terminal.ts'
import type { Claim, TokenOptions } from './token.ts'

export function addToken(
  program: Command,
  terminal: Terminal,
  done: (code: number) => void,
): Command {
  return program
    .command('token')
    .description('print a token for trying things out')
    .argument('[file]', 'the configuration', 'backo.yaml')
    .requiredOption('-u, --user <id>', 'the `_id` of the user')
    .option('-r, --role <role>', 'a role; may be said more than once', more)
    .option('-l, --login <login>', 'the login; default: the `_id`')
    .option(
      '-e, --expires <duration>',
      'how long it is good for: 15m, 1h; default auth.expires',
      duration,
    )
    .option(
      '-c, --claim <name=value>',
      'a field of current_user; may be said more than once',
      claim,
    )
    .action(async (file: string, options: TokenOptions) => {
      const { token } = await import('./token.ts')
      done(await token(terminal, resolve(terminal.cwd, file), options))
    })
}

const more = (role: string, roles: readonly string[] = []): readonly string[] => [...roles, role]

function duration(text: string): number {
  const milliseconds = parseDuration(text)
  if (milliseconds !== undefined && milliseconds > 0) return milliseconds
  throw new InvalidArgumentError('a duration is 30s, 15m, 1h or 7d.')
}

/** Names that have an option, or that signing gives. */
const TAKEN: Readonly<Record<string, string>> = {
  sub: '--user',
  login: '--login',
  roles: '--role',
  exp: '--expires',
}

function claim(text: string, claims: readonly Claim[] = []): readonly Claim[] {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError('a claim is name=value.')
  if (Object.hasOwn(TAKEN, name)) throw new InvalidArgumentError(`${name} is ${TAKEN[name]}.`)
  return [...claims, [name, value]]
}
