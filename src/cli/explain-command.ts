/** `backo explain` on the command line: its words, read. The work is explain.ts's, loaded when it is asked for. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { ExplainOptions, ExplainWhat } from './explain.ts'
import { complain, type Terminal } from './terminal.ts'
import { EXIT } from './exit-codes.ts'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

export function addExplain(
  program: Command,
  terminal: Terminal,
  done: (code: number) => void,
): Command {
  return program
    .command('explain')
    .description('say why a request would be answered as it would be; nothing is written')
    .usage("[options] [file] [GET|POST|PUT|PATCH|DELETE] '/app/books?author=x'")
    .argument('<words...>', 'the configuration (backo.yaml), the method (GET) and the path')
    .option(
      '-a, --as <user>',
      'current_user as JSON: {"_id":"u1","roles":["A"]}; default: anonymous',
    )
    .option('-b, --body <json>', 'the body, or @file')
    .option('--json', 'the explanation as JSON')
    .action(async (words: string[], options: ExplainOptions) => {
      const what = readWords(words, options.body !== undefined)
      if (typeof what === 'string') {
        complain(terminal, what, "backo explain backo.yaml GET '/app/books?author=x'")
        done(EXIT.failed)
        return
      }
      const { explain } = await import('./explain.ts')
      done(await explain(terminal, { ...what, file: resolve(terminal.cwd, what.file) }, options))
    })
}

/** A file comes first, then a method; either may be left out. */
export function readWords(words: readonly string[], hasBody: boolean): ExplainWhat | string {
  const rest = [...words]
  const path = rest.pop() ?? ''
  const last = rest.at(-1)
  const isMethod = last !== undefined && METHODS.includes(last.toUpperCase())
  const method = isMethod ? (rest.pop() ?? '').toUpperCase() : hasBody ? 'POST' : 'GET'
  const [file = 'backo.yaml', ...more] = rest
  if (more.length > 0) return `${more.join(' ')}: a method is one of ${METHODS.join(', ')}`
  return { file, method, path }
}
