/**
 * `backo health`: asks a server that runs, where its file says that it listens. Reads the configuration, and neither
 * hooks nor model: containers ask every few seconds.
 */
import type { ServerConfig } from '../config/config.ts'
import { loadConfig } from '../config/load-config.ts'
import { ConfigError } from '../start-errors.ts'
import { complainAbout } from './start-failure.ts'
import type { Terminal } from './terminal.ts'
import { complain, hasColor, painter } from './terminal.ts'

export interface HealthOptions {
  readonly url?: URL
  readonly live?: boolean
  /** milliseconds */
  readonly timeout: number
}

const WELL = 0
/** The only other code: what asks (Docker) knows no third. */
const ILL = 1

export async function health(
  terminal: Terminal,
  file: string,
  options: HealthOptions,
): Promise<number> {
  const { live = false, timeout } = options
  try {
    const base = options.url ?? (await placeOf(terminal, file))
    if (base === null) {
      complain(terminal, 'the port is any that is free (0)', 'say where the server is: --url')
      return ILL
    }
    const path = `${base.pathname.replace(/\/$/, '')}/_health/${live ? 'live' : 'ready'}`
    return await tell(terminal, await ask(new URL(path, base), timeout))
  } catch (error) {
    if (error instanceof Unreachable) {
      complain(terminal, error.message, 'is it running? `backo serve` says where it listens')
      return ILL
    }
    complainAbout(terminal, error)
    return ILL
  }
}

/** null: nobody can know */
async function placeOf(terminal: Terminal, file: string): Promise<URL | null> {
  const { config, findings, source } = await loadConfig(file, { env: terminal.env })
  if (!config) throw new ConfigError(findings, source)
  const { host, port, prefix, tls } = config.server
  if (port === 0) return null
  return new URL(`${tls ? 'https' : 'http'}://${reachable(host)}:${port}${prefix}`)
}

/** An address that stands for all of the machine is asked on the machine itself. */
function reachable(host: ServerConfig['host']): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}

class Unreachable extends Error {}

interface Said {
  readonly status: number
  readonly body: string
}

async function ask(url: URL, timeout: number): Promise<Said> {
  const { request } = await (url.protocol === 'https:' ? import('node:https') : import('node:http'))
  const signal = AbortSignal.timeout(timeout)
  // asked is this machine, by an address that no certificate is made out to; nothing secret is sent
  const options = { signal, agent: false, rejectUnauthorized: false }
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      const why = signal.aborted ? `no answer within ${timeout} ms` : (error.code ?? error.message)
      reject(new Unreachable(`${url.origin} does not answer: ${why}`))
    }
    request(url, options, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        body = (body + chunk).slice(0, 10_000)
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      response.on('error', fail)
    })
      .on('error', fail)
      .end()
  })
}

async function tell(terminal: Terminal, { status, body }: Said): Promise<number> {
  const said = membersOf(body)
  if (status === 200 && said['status'] === 'ok') {
    const paint = painter(hasColor(terminal, terminal.out))
    const config = typeof said['config'] === 'string' ? ` config ${said['config']}` : ''
    terminal.out.write(`${paint('green', 'ok')}${config}\n`)
    return WELL
  }
  const why = typeof said['detail'] === 'string' ? `: ${said['detail']}` : ''
  complain(terminal, `it answers ${status}${why}`)
  return ILL
}

function membersOf(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
