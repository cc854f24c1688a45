/** `backo token`: a token for trying things out, signed with the file's secret. Opens no store. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { InvalidArgumentError } from 'commander'
import { signToken } from '../auth/sign-token.ts'
import { BadIdentity, identityOf, userOf } from '../auth/user-of.ts'
import type { AuthConfig } from '../config/config.ts'
import { parseDuration } from '../config/units.ts'
import type { Model } from '../load-model.ts'
import { loadModel } from '../load-model.ts'
import type { Backoffice } from '../model/backoffice.ts'
import { ConfigError } from '../start-errors.ts'
import { EXIT } from './exit-codes.ts'
import { complainAbout } from './start-failure.ts'
import type { Terminal } from './terminal.ts'
import { complain } from './terminal.ts'

export interface TokenOptions {
  readonly user: string
  readonly role?: readonly string[]
  readonly login?: string
  /** milliseconds; default `auth.expires` */
  readonly expires?: number
  readonly claim?: readonly Claim[]
}

type Claim = readonly [name: string, text: string]

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
      done(await token(terminal, resolve(terminal.cwd, file), options))
    })
}

/** 0, 1 with findings in the configuration, 2 when it has no secret or the token would not be accepted. */
export async function token(
  terminal: Terminal,
  file: string,
  options: TokenOptions,
): Promise<number> {
  try {
    const { model, findings, source } = await loadModel(file, { env: terminal.env })
    if (!model) throw new ConfigError(findings, source)
    return await print(terminal, model, options)
  } catch (error) {
    return complainAbout(terminal, error)
  }
}

async function print(
  terminal: Terminal,
  { config, backoffice }: Model,
  options: TokenOptions,
): Promise<number> {
  const { auth } = config
  const refusal = refusalOf(auth)
  if (!auth || refusal) {
    complain(terminal, ...(refusal ?? NO_AUTH))
    return EXIT.failed
  }
  const claims = claimsOf(options, backoffice)
  const fault = auth.hook === undefined ? faultOf(claims, backoffice) : null
  if (fault !== null) {
    complain(terminal, `the server would refuse this token: ${fault}`)
    return EXIT.failed
  }
  const { expires = auth.expires } = options
  terminal.out.write(`${await signToken(auth, claims, { expires })}\n`)
  const { login } = auth
  if (login) {
    const roles = login.roles === undefined ? '' : ', with the roles that are stored'
    terminal.err.write(`accepted for a user that ${login.collection} has${roles}\n`)
  }
  return EXIT.ok
}

type Complaint = readonly [message: string, hint: string]

const NO_AUTH: Complaint = [
  'there is no auth in this file: tokens are not looked at',
  'see auth.secret',
]

function refusalOf(auth: AuthConfig | undefined): Complaint | null {
  if (!auth) return NO_AUTH
  if (auth.secret !== undefined) return null
  const hint = `only who has the private keys of ${String(auth.jwks)} can make a token`
  return ['there is no auth.secret to sign with', hint]
}

function claimsOf(
  { user, login, role = [], claim: more = [] }: TokenOptions,
  backoffice: Backoffice,
): Readonly<Record<string, unknown>> {
  const added = more.map(([name, text]) => [name, valueOf(name, text, backoffice)] as const)
  return { ...Object.fromEntries(added), sub: user, login: login ?? user, roles: role }
}

/** By the type of the field; else JSON, when it is that, or a text. */
function valueOf(name: string, text: string, { currentUser }: Backoffice): unknown {
  const field = currentUser.fields?.get(name)
  if (field?.valueType.kind === 'string') return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function faultOf(
  claims: Readonly<Record<string, unknown>>,
  { currentUser }: Backoffice,
): string | null {
  try {
    userOf(identityOf(claims, currentUser), currentUser)
    return null
  } catch (error) {
    if (error instanceof BadIdentity) return error.message
    throw error
  }
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
