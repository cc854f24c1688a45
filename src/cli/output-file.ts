/** A file that a command writes: whole, or as it was before. Opened before anything is done. */
import { createWriteStream, openSync, renameSync, rmSync, type WriteStream } from 'node:fs'
import { once } from 'node:events'
import { StartError } from '../start-errors.ts'

export interface OutputFile {
  /** waits where the disk is slower than we are */
  readonly write: (text: string) => Promise<void>
  /** puts it in its place */
  readonly keep: () => Promise<void>
  /** takes away what was not kept */
  readonly drop: () => void
}

/** @throws StartError where it can't be written */
export function outputFile(path: string): OutputFile {
  const temporary = `${path}.${process.pid}.tmp`
  const failed = (error: unknown): StartError => {
    const reason = error instanceof Error ? error.message : String(error)
    return new StartError(`${path} can't be written: ${reason}`, { cause: error })
  }
  const trying = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw failed(error)
    }
  }
  const stream = openedFor(temporary, failed)
  let failure: unknown
  stream.on('error', (error) => (failure = error))
  return {
    write: (text) =>
      trying(async () => {
        if (failure) throw failure
        if (!stream.write(text)) await once(stream, 'drain')
      }),
    keep: () =>
      trying(async () => {
        if (failure) throw failure
        const closed = once(stream, 'close')
        stream.end()
        await closed
        renameSync(temporary, path)
      }),
    drop: () => {
      stream.destroy()
      rmSync(temporary, { force: true })
    },
  }
}

function openedFor(path: string, failed: (error: unknown) => Error): WriteStream {
  try {
    return createWriteStream(path, { fd: openSync(path, 'w') })
  } catch (error) {
    throw failed(error)
  }
}
