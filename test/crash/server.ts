/** The real program in a process of its own, killed at a moment that chance chooses. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { BIN, ROOT, spawnBacko } from '../support/spawn-backo.ts'
import type { Spawned } from '../support/spawn-backo.ts'

export interface Opened {
  readonly server: Spawned
  /** milliseconds from its start until it said that it serves */
  readonly took: number
}

export async function open(file: string): Promise<Opened> {
  const start = performance.now()
  const server = await spawnBacko(file)
  return { server, took: Math.round(performance.now() - start) }
}

/** Starts it and kills it while it opens its store, or shortly after. */
export async function killWhileOpening(file: string, after: number): Promise<void> {
  const child = spawn(process.execPath, [BIN, 'serve', file, '--port', '0'], {
    cwd: ROOT,
    stdio: 'ignore',
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
  })
  await pause(after)
  child.kill('SIGKILL')
  await once(child, 'exit')
}

export async function killAfter(server: Spawned, milliseconds: number): Promise<void> {
  await pause(milliseconds)
  await server.stop('SIGKILL')
}
