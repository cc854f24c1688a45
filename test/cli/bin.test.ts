/** bin/backo.js runs the program in one piece, or what tsc has made of it since. */
import { execFile } from 'node:child_process'
import { copyFileSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { BIN } from '../support/spawn-backo.ts'

const run = promisify(execFile)
const says = (text: string): string =>
  `export const main = async (args) => (console.log('${text}', ...args), 3)`

interface Row {
  readonly story: string
  /** seconds */
  readonly bundle?: number
  readonly compiled?: number
  readonly runs: string
}

const ROWS: readonly Row[] = [
  { story: 'after a build', bundle: 2000, compiled: 1000, runs: 'bundle' },
  { story: 'after tsc alone', bundle: 1000, compiled: 2000, runs: 'compiled' },
  { story: 'tsc alone, never built', compiled: 1000, runs: 'compiled' },
  { story: 'in a package, which has nothing else', bundle: 1000, runs: 'bundle' },
]

for (const { story, bundle, compiled, runs } of ROWS) {
  t.test(story, async (t) => {
    const folder = t.testdir({
      'package.json': '{ "type": "module" }',
      bin: {},
      dist: {
        ...(bundle === undefined ? {} : { bundle: { 'main.js': says('bundle') } }),
        ...(compiled === undefined ? {} : { src: { cli: { 'main.js': says('compiled') } } }),
      },
    })
    copyFileSync(BIN, join(folder, 'bin', 'backo.js'))
    if (bundle !== undefined) utimesSync(join(folder, 'dist/bundle/main.js'), bundle, bundle)
    if (compiled !== undefined) utimesSync(join(folder, 'dist/src/cli/main.js'), compiled, compiled)
    const error = await run(process.execPath, [join(folder, 'bin/backo.js'), 'a', 'b']).catch(
      (failed: { code: number; stdout: string }) => failed,
    )
    t.match(error, { code: 3, stdout: `${runs} a b\n` })
  })
}
