/** A folder for one test, gone when it ends. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export function temporaryFolder(t: { teardown(job: () => void): void }): string {
  const path = mkdtempSync(join(tmpdir(), 'backo-test-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}
