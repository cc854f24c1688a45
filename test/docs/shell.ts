/**
 * A bash that keeps its folder, variables and functions from one script to the next, with `backo` on its PATH and a
 * curl that tells the status of each answer. Knows no Markdown.
 */
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BIN } from '../support/spawn-backo.ts'

export interface Ran {
  readonly code: number
  readonly out: string
  /** both, as a terminal shows them */
  readonly said: string
  /** of each answer that curl got */
  readonly statuses: readonly number[]
}

export interface Shell {
  readonly run: (script: string) => Promise<Ran>
  readonly folder: () => string
}

/** Of the servers too: tokens of one are good for the other. */
export const SECRET = 'a secret for trying things out, long enough'

/** @param home holds what belongs to the shell, `work` is where it starts */
export function openShell(home: string, work: string): Shell {
  const bin = join(home, 'bin')
  const file = (name: string): string => join(home, name)
  mkdirSync(bin, { recursive: true })
  mkdirSync(work, { recursive: true })
  const command = (name: string, text: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  command('backo', `exec '${process.execPath}' '${BIN}' "$@"`)
  command(
    'curl',
    `PATH=\${PATH#*:} exec curl -sS "$@" -w '\\n%{stderr}%{http_code}\\n' 2>> '${file('statuses')}'`,
  )
  writeFileSync(file('folder'), work)
  const folder = (): string => readFileSync(file('folder'), 'utf8').trim()
  const env = {
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    HOME: home,
    JWT_SECRET: SECRET,
    NO_COLOR: '1',
  }
  const run = async (script: string): Promise<Ran> => {
    rmSync(file('statuses'), { force: true })
    const whole = [
      `[ -f '${file('state')}' ] && . '${file('state')}' 2>/dev/null`,
      `keep() { { declare -p | grep -v '^declare -[a-zA-Z]*r'; declare -f; } > '${file('state')}'; pwd > '${file('folder')}'; }`,
      'trap keep EXIT',
      `cd '${folder()}'`,
      script,
    ].join('\n')
    const child = spawn('bash', ['-c', whole], {
      env,
      cwd: folder(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [out, said] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      said += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const code = await new Promise<number>((resolve) =>
      child.on('close', (ended) => resolve(ended ?? 1)),
    )
    const told = existsSync(file('statuses')) ? readFileSync(file('statuses'), 'utf8') : ''
    return {
      code,
      out,
      said,
      statuses: [...told.matchAll(/^\d{3}$/gm)].map(([text]) => Number(text)),
    }
  }
  return { run, folder }
}
