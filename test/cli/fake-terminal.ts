/** A terminal that keeps what is written, and signals when told to. */
import type { Terminal } from '../../src/cli/terminal.ts'

export interface FakeTerminal {
  readonly terminal: Terminal
  readonly out: () => string
  readonly err: () => string
  readonly signal: (name: 'SIGINT' | 'SIGTERM') => void
  readonly exits: readonly number[]
  /** resolves once what was written to stderr so far (or later) matches */
  readonly said: (pattern: RegExp) => Promise<RegExpExecArray>
}

export interface FakeTerminalOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly tty?: boolean
}

export function fakeTerminal({
  env = {},
  cwd = '/',
  tty = false,
}: FakeTerminalOptions = {}): FakeTerminal {
  let out = ''
  let err = ''
  const exits: number[] = []
  let listener: ((name: 'SIGINT' | 'SIGTERM') => void) | undefined
  const waiting = new Set<() => void>()
  const writeErr = (text: string): void => {
    err += text
    for (const look of waiting) look()
  }
  return {
    terminal: {
      out: { isTTY: tty, write: (text) => (out += text) },
      err: { isTTY: tty, write: writeErr },
      logStream: { write: writeErr },
      env,
      cwd,
      onSignal: (each) => {
        listener = each
      },
      exit: (code) => {
        exits.push(code)
      },
    },
    out: () => out,
    err: () => err,
    signal: (name) => listener?.(name),
    exits,
    said: (pattern) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = pattern.exec(err)
          if (!found) return
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
      }),
  }
}
