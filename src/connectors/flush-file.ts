/** Waits until what was written to a file, or the names in a folder, are on the disk. */
import { closeSync, fsyncSync, openSync } from 'node:fs'

export function flushFile(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } catch (error) {
    // some systems can't flush a folder
    if (!(
      error instanceof Error &&
      'code' in error &&
      /^E(?:ISDIR|PERM|INVAL)$/.test(String(error.code))
    ))
      throw error
  } finally {
    closeSync(file)
  }
}
