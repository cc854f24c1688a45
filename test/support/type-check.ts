/** TypeScript's compiler in a process of its own, without what the test runner puts into every program of Node. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from './spawn-backo.ts'

const run = promisify(execFile)

/** All that tsc has to say; '' when it finds nothing. */
export async function typeCheck(args: readonly string[], cwd: string): Promise<string> {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  return run('env', ['-u', 'NODE_OPTIONS', process.execPath, tsc, ...args], { cwd }).then(
    () => '',
    ({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }) => stdout + stderr,
  )
}
