/** A disk that is soon full: a tmpfs of some size, where mounting is allowed. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Had } from './mongod.ts'

export interface SmallDisk {
  readonly path: string
  /** gives back some of the room that was held from the beginning. @param size KiB, all of it without */
  readonly makeRoom: (size?: number) => void
  readonly unmount: () => void
}

/** @param size in KiB, `held` of which makeRoom gives back */
export function smallDisk(size: number, held: number): Had<SmallDisk> {
  const path = mkdtempSync(join(tmpdir(), 'backo-disk-'))
  const { status, stderr, error } = spawnSync(
    'mount',
    ['-t', 'tmpfs', '-o', `size=${size}k`, 'tmpfs', path],
    { encoding: 'utf8' },
  )
  if (status !== 0) {
    rmSync(path, { recursive: true })
    return { why: `a tmpfs can't be mounted here: ${error?.message ?? stderr.trim()}` }
  }
  const ballast = join(path, 'ballast')
  writeFileSync(ballast, Buffer.alloc(held * 1024))
  let left = held
  return {
    path,
    makeRoom: (size = left) => truncateSync(ballast, (left = Math.max(0, left - size)) * 1024),
    unmount: () => {
      spawnSync('umount', ['-l', path])
      rmSync(path, { recursive: true, force: true })
    },
  }
}
