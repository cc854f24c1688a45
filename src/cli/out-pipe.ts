/**
 * Results that may be large, to stdout: no more of them in memory than the reader has asked for, and an end where the
 * reader has gone (`| head`).
 */
import { once } from 'node:events'
import { Writable } from 'node:stream'
import type { Output } from './terminal.ts'

export interface OutPipe {
  readonly write: (text: string) => Promise<void>
  /** the reader wants no more */
  readonly gone: () => boolean
  readonly end: () => void
}

export function outPipe(out: Output): OutPipe {
  let gone = false
  const onError = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') throw error
    gone = true
  }
  const stream = out instanceof Writable ? out : null
  stream?.on('error', onError)
  return {
    write: async (text) => {
      if (gone || out.write(text) !== false || !stream) return
      await Promise.race([once(stream, 'drain'), once(stream, 'close')]).catch(() => undefined)
    },
    gone: () => gone,
    // an error of what is on its way still must end nothing
    end: () => undefined,
  }
}
