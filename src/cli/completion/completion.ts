/** `backo completion`: a script for a shell, or, for that script, the names of collections. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { loadConfig } from '../../config/load-config.ts'
import { EXIT } from '../exit-codes.ts'
import type { Terminal } from '../terminal.ts'
import { bashScript } from './bash.ts'
import { fishScript } from './fish.ts'
import { commandsOf, type CompletedCommand } from './table.ts'
import { zshScript } from './zsh.ts'

const SCRIPTS: Readonly<Record<string, (commands: readonly CompletedCommand[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
}

export interface CompletionOptions {
  readonly shell: string
  /** of that file; true: ./backo.yaml */
  readonly collections: string | true | undefined
}

export async function completion(
  terminal: Terminal,
  program: Command,
  { shell, collections }: CompletionOptions,
): Promise<number> {
  if (collections === undefined) {
    terminal.out.write(SCRIPTS[shell]?.(commandsOf(program)) ?? '')
    return EXIT.ok
  }
  const file = resolve(terminal.cwd, collections === true ? 'backo.yaml' : collections)
  const { config } = await loadConfig(file, { env: terminal.env })
  for (const name of Object.keys(config?.collections ?? {})) terminal.out.write(`${name}\n`)
  return EXIT.ok
}
