/** The real program in a process of its own: started on a free port, and ended by a signal. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '..', '..', '..')
export const BIN = join(ROOT, 'bin', 'backo.js')

export interface Spawned {
  /** `http://127.0.0.1:1234/myApp` */
  readonly url: string
  readonly child: ChildProcess
  /** what the log line of the start said */
  readonly announced: Readonly<Record<string, unknown>>
  /** resolves with the exit code, or the signal that ended it */
  readonly ended: Promise<number | string>
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | string>
  /** all that it has printed so far */
  readonly said: () => string
}

export interface SpawnOptions {
  readonly cwd?: string
  /** the command before `serve`; default node and bin/backo.js */
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  /** besides PATH and HOME */
  readonly env?: Readonly<Record<string, string>>
}

/** `backo serve <file> --port 0`; rejects with what it said when it ends before it serves. */
export async function spawnBacko(
  file: string | undefined,
  options: SpawnOptions = {},
): Promise<Spawned> {
  const [program = '', ...before] = options.command ?? [process.execPath, BIN]
  const args = [
    ...before,
    'serve',
    ...(file === undefined ? [] : [file]),
    '--port',
    '0',
    ...(options.args ?? []),
  ]
  const child = spawn(program, args, {
    cwd: options.cwd ?? ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    // a module hook of the test runner is nothing for the program
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...options.env },
  })
  let said = ''
  const ended = new Promise<number | string>((resolve) => {
    // when all that it said was read, too
    child.on('close', (code, signal) => resolve(code ?? signal ?? 'unknown'))
  })
  const announced = await new Promise<Record<string, unknown>>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const line = said
        .split('\n')
        .find((each) => each.includes('is served at') && each.endsWith('}'))
      if (line !== undefined) resolve(JSON.parse(line) as Record<string, unknown>)
    })
    void ended.then((code) => reject(new Error(`ended with ${code}: ${said}`)))
  })
  return {
    url: String(announced['url']),
    child,
    announced,
    ended,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal)
      return ended
    },
    said: () => said,
  }
}
