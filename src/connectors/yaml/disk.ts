/**
 * The few things done to files, and what their failures mean. Files are written beside their place and
 * renamed, so that a reader sees the old text or the new one.
 */
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { backoError } from '../../errors.ts'
import type { BackoError } from '../../errors.ts'
import { StoreUnavailable } from '../store-unavailable.ts'

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** What a commit answers when its bytes can't be kept. */
export function storeError(error: unknown): BackoError {
  if (FULL.has(codeOf(error)))
    return backoError('BACKO_STORE_FULL', 'There is no room left to keep this change', {
      cause: error,
    })
  return backoError('BACKO_STORE_AWAY', 'The change could not be kept', {
    cause: error,
    headers: { 'retry-after': '5' },
  })
}

/** Why a folder can't be used, in words. */
export function unavailable(path: string, error: unknown): StoreUnavailable {
  const hint = hintFor(codeOf(error))
  const message = `the folder ${path} can't be used: ${error instanceof Error ? error.message : String(error)}`
  return new StoreUnavailable(message, { cause: error, ...(hint !== undefined && { hint }) })
}

function hintFor(code: string): string | undefined {
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return 'Give the user that runs the program the right to write there.'
  if (code === 'ENOTDIR' || code === 'EEXIST')
    return 'Something that is not a folder stands in the way.'
  return FULL.has(code) ? 'Make room, then start again.' : undefined
}

/** Writes a whole text at once, however many calls it takes. */
export function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text, 'utf8')
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done)
}

/** Adds a text to the end of a file, all of it or (as far as the disk lets us) nothing. */
export function appendToFile(path: string, text: string): void {
  const file = openSync(path, 'a', 0o644)
  try {
    const { size } = fstatSync(file)
    try {
      writeAll(file, text)
    } catch (error) {
      // half a line would stand in the middle once there is room again
      ftruncateSync(file, size)
      throw error
    }
  } finally {
    closeSync(file)
  }
}

/**
 * Puts a text in the place of a file; `temporary` is on the same disk. Without a flush the file may be empty or
 * half there after a loss of power: good enough for what the journal has whole.
 */
export function replaceFile(path: string, temporary: string, text: string): void {
  replace(path, { temporary, text, flush: false })
}

/** The same, for what stands in no journal: after a loss of power it is the old text or the new one. */
export function replaceFileForGood(path: string, temporary: string, text: string): void {
  replace(path, { temporary, text, flush: true })
}

interface Replacement {
  readonly temporary: string
  readonly text: string
  readonly flush: boolean
}

function replace(path: string, { temporary, text, flush }: Replacement): void {
  writeFile(temporary, text, flush)
  renameSync(temporary, path)
}

/** @param flush waits until the text is on the disk */
export function writeFile(path: string, text: string, flush: boolean): void {
  const file = openSync(path, 'w', 0o644)
  try {
    writeAll(file, text)
    if (flush) fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

export function removeFile(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

export const makeFolder = (path: string): void => void mkdirSync(path, { recursive: true })

/** Waits until what was written to a file or folder is on the disk; one that is gone needs nothing. */
export async function flushToDisk(path: string): Promise<void> {
  let file
  try {
    file = await open(path, 'r')
    await file.sync()
  } catch (error) {
    // some systems can't flush a folder
    if (!['ENOENT', 'EISDIR', 'EPERM', 'EINVAL'].includes(codeOf(error))) throw error
  } finally {
    await file?.close()
  }
}
