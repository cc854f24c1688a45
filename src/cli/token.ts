/** `backo token`: a token for trying things out, signed with the file's secret. Opens no store. */
import { signToken } from '../auth/sign-token.ts'
import { BadIdentity, identityOf, userOf } from '../auth/user-of.ts'
import type { AuthConfig } from '../config/config.ts'
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

export type Claim = readonly [name: string, text: string]

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
