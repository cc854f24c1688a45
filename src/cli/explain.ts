/**
 * `backo explain`: why a request would be answered as it would be, on the stores of the file, of which nothing is
 * written. A tool of whoever may read file and stores: it asks nobody for a token.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { BadIdentity } from '../auth/user-of.ts'
import { createReader } from '../connectors/index.ts'
import { loadModel } from '../load-model.ts'
import { createLogs } from '../log.ts'
import { openConnectors } from '../open-connectors.ts'
import type { CurrentUser } from '../operations/context.ts'
import { isAnonymous } from '../operations/context.ts'
import { makeContext } from '../operations/make-context.ts'
import { ConfigError, StartError } from '../start-errors.ts'
import { explainRequest, type Explaining, type Explanation } from '../trial/explain.ts'
import { createRecorder } from '../trial/recorder.ts'
import { userAs, type TriedRequest } from '../trial/try-request.ts'
import type { TextContext } from './decision-text.ts'
import { EXIT } from './exit-codes.ts'
import { explanationText } from './explain-text.ts'
import { complainAbout } from './start-failure.ts'
import { decisionJson } from './test.ts'
import { hasColor, painter, type Terminal } from './terminal.ts'

export interface ExplainOptions {
  /** JSON: current_user; absent: anonymous */
  readonly as?: string
  /** JSON, or `@` and a file */
  readonly body?: string
  readonly json?: boolean
}

export interface ExplainWhat {
  readonly file: string
  readonly method: string
  readonly path: string
}

/** 0 whatever the answer is; 1 with findings in the configuration; 2 when it could not be tried. */
export async function explain(
  terminal: Terminal,
  { file, method, path }: ExplainWhat,
  options: ExplainOptions,
): Promise<number> {
  try {
    const recorder = createRecorder()
    const loaded = await loadModel(file, { env: terminal.env, watch: recorder.watch })
    const { model, source, findings } = loaded
    if (!model) throw new ConfigError(findings, source)
    const { backoffice, config, hooks } = model
    const user = userOf(options.as, model)
    const request = requestOf({ method, path, body: bodyOf(terminal, options.body) }, model)
    const logs = createLogs({ level: 'silent', loggers: {} })
    const stores = await openConnectors(config.storage, backoffice.storage, logs, {
      make: createReader,
      lenient: true,
    })
    try {
      const contextOn: Explaining['contextOn'] = (connectors) => {
        const running = { backoffice, connectors, hooks, hookTimeout: config.server.hook_timeout }
        const now = new Date().toISOString()
        const context = makeContext({ running, user, now, log: logs.get('item') })
        return { ...context, runHook: recorder.hooks(context.runHook), trial: true }
      }
      const explained = await explainRequest(request, {
        model,
        source,
        recorder,
        stores,
        contextOn,
      })
      const paint = painter(hasColor(terminal, terminal.out))
      show(terminal, explained, {
        user,
        json: options.json === true,
        context: { paint, source, cwd: terminal.cwd },
      })
      return EXIT.ok
    } finally {
      await Promise.allSettled([...stores.values()].map((store) => store.close()))
    }
  } catch (error) {
    return complainAbout(terminal, error)
  }
}

type Model = Explaining['model']

function userOf(as: string | undefined, { backoffice }: Model): CurrentUser {
  const said = as === undefined ? undefined : jsonOf(as, '--as')
  if (said !== undefined && (typeof said !== 'object' || said === null || Array.isArray(said)))
    throw new StartError('--as is no object', {
      hint: `--as '{"_id": "u1", "roles": ["EMPLOYEE"]}'`,
    })
  try {
    return userAs(said, backoffice)
  } catch (error) {
    if (error instanceof BadIdentity)
      throw new StartError(`--as: ${error.message}`, { hint: 'see current_user' })
    throw error
  }
}

function bodyOf({ cwd }: Terminal, body: string | undefined): unknown {
  if (body === undefined) return undefined
  if (!body.startsWith('@')) return jsonOf(body, '--body')
  const file = resolve(cwd, body.slice(1))
  try {
    return jsonOf(readFileSync(file, 'utf8'), file)
  } catch (error) {
    if (error instanceof StartError) throw error
    throw new StartError(`${file} can't be read`, { cause: error })
  }
}

function jsonOf(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new StartError(`${what} is no JSON: ${error instanceof Error ? error.message : ''}`)
  }
}

/** The name of the application, and the prefix, may be left out of the path. */
function requestOf(request: TriedRequest, { backoffice, config }: Model): TriedRequest {
  const path = request.path.startsWith('/') ? request.path : `/${request.path}`
  const roots = [
    `/${backoffice.name}/`,
    ...(config.server.prefix === '' ? [] : [`${config.server.prefix}/`]),
  ]
  const isWhole = roots.some((root) => path.startsWith(root))
  return { ...request, path: isWhole ? path : `/${backoffice.name}${path}` }
}

interface Shown {
  readonly user: CurrentUser
  readonly json: boolean
  readonly context: TextContext
}

function show(terminal: Terminal, explained: Explanation, { user, json, context }: Shown): void {
  const { outcome, decisions, ...rest } = explained
  const roles = user.roles.join(', ')
  const who = isAnonymous(user) ? 'anonymous' : `${user._id}${roles === '' ? '' : ` (${roles})`}`
  if (!json) {
    terminal.out.write(explanationText(explained, who, context))
    return
  }
  const told = {
    ...rest,
    user,
    status: outcome.status,
    detail: outcome.error?.message ?? null,
    answer: outcome.text === undefined ? null : (JSON.parse(outcome.text) as unknown),
    decisions: decisions.map(decisionJson),
  }
  terminal.out.write(`${JSON.stringify(told, null, 2)}\n`)
}
