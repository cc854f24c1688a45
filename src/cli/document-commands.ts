/** `backo openapi` and `backo types` on the command line. What makes them is loaded when it is asked for. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Terminal } from './terminal.ts'

export function addDocuments(
  program: Command,
  terminal: Terminal,
  done: (code: number) => void,
): void {
  program
    .command('openapi')
    .description('print the OpenAPI document of an application, as JSON')
    .argument('[file]', 'the configuration', 'backo.yaml')
    .action(async (file: string) => {
      const { openapi } = await import('./openapi.ts')
      done(await openapi(terminal, resolve(terminal.cwd, file)))
    })
  program
    .command('types')
    .description('print TypeScript types of the collections, and a typed client')
    .argument('[file]', 'the configuration', 'backo.yaml')
    .action(async (file: string) => {
      const { types } = await import('./types.ts')
      done(await types(terminal, resolve(terminal.cwd, file)))
    })
}
