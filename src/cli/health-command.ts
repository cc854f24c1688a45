/** `backo health` on the command line: its options, read. The work is health.ts's, loaded when it is asked for. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'
import { parseDuration } from '../config/units.ts'
import type { HealthOptions } from './health.ts'
import type { Terminal } from './terminal.ts'

export function addHealth(
  program: Command,
  terminal: Terminal,
  done: (code: number) => void,
): Command {
  return program
    .command('health')
    .description('ask the server that runs whether it is well: exit 0, or 1')
    .argument('[file]', 'the configuration, for where it listens', 'backo.yaml')
    .option('-u, --url <url>', 'where it is, in place of a file: http://127.0.0.1:8080', url)
    .option('-l, --live', 'only whether the process answers; its stores are not asked')
    .addOption(
      new Option('-t, --timeout <duration>', 'how long to wait')
        .argParser(duration)
        .default(5000, '5s'),
    )
    .action(async (file: string, options: HealthOptions) => {
      const { health } = await import('./health.ts')
      done(await health(terminal, resolve(terminal.cwd, file), options))
    })
}

function url(text: string): URL {
  const known = URL.canParse(text) ? new URL(text) : null
  if (known && /^https?:$/.test(known.protocol)) return known
  throw new InvalidArgumentError('a URL is http://host:port or https://host:port.')
}

function duration(text: string): number {
  const milliseconds = parseDuration(text)
  if (milliseconds !== undefined && milliseconds > 0) return milliseconds
  throw new InvalidArgumentError('a duration is 500ms, 5s or 1m.')
}
