/** A folder for one test, gone when it ends. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

type Test = { teardown(job: () => void): void }

export function temporaryFolder(t: Test, parent: string = tmpdir()): string {
  const path = mkdtempSync(join(parent, 'backo-test-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** In memory where the system has such a folder: for tests that flush thousands of times. */
export const memoryFolder = (t: Test): string =>
  temporaryFolder(t, existsSync('/dev/shm') ? '/dev/shm' : tmpdir())
