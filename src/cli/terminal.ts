/**
 * What a command may touch of the world: streams, environment, folder, signals. Given to commands, so that
 * tests give their own. Colours as NO_COLOR and FORCE_COLOR say, else where there is a terminal.
 */

import type { LogStream } from '../log.ts'

export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  /** width of the screen */
  readonly columns?: number | undefined
}

export interface Terminal {
  /** results */
  readonly out: Output
  /** everything else */
  readonly err: Output
  /** who may be asked */
  readonly input?: { readonly isTTY?: boolean | undefined }
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** where log lines go; default stderr, without detours */
  readonly logStream?: LogStream
  readonly onSignal: (listener: (signal: 'SIGINT' | 'SIGTERM') => void) => void
  /** the terminal is gone, or, where there is none, somebody asks for a reload */
  readonly onHangup?: (listener: () => void) => void
  /** ends at once, whatever is under way */
  readonly exit: (code: number) => void
}

export function processTerminal(): Terminal {
  // `backo ... | head`: who reads has seen enough, and what is being done goes on
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  return {
    out: process.stdout,
    err: process.stderr,
    input: process.stdin,
    env: process.env,
    cwd: process.cwd(),
    onSignal: (listener) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, listener)
    },
    onHangup: (listener) => {
      process.on('SIGHUP', listener)
    },
    exit: (code) => process.exit(code),
  }
}

/** https://no-color.org, https://force-color.org: set and not empty counts; FORCE_COLOR=0 is no. */
export function hasColor(terminal: Terminal, output: Output): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = terminal.env
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '')
    return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  return output.isTTY === true && TERM !== 'dumb'
}

const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const

export type Paint = (style: keyof typeof STYLES, text: string) => string

export const painter = (color: boolean): Paint =>
  color ? (style, text) => `\u001b[${STYLES[style]}m${text}\u001b[0m` : (_style, text) => text

/** The end of a command that could not do its work: one line, and a hint. */
export function complain(terminal: Terminal, message: string, hint?: string): void {
  const paint = painter(hasColor(terminal, terminal.err))
  terminal.err.write(`${paint('red', 'backo:')} ${message}\n`)
  if (hint !== undefined) terminal.err.write(`${paint('dim', `  ${hint}`)}\n`)
}
