/** Writes files into a folder: all of them, or none is left. Knows nothing of what is in them. */
import { copyFile, mkdir, lstat, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { NewFile } from './files.ts'

/** In words for who asked for it. */
export class CannotWrite extends Error {
  override readonly name = 'CannotWrite'
  readonly hint: string

  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}

/** The names of those that are there already, links that lead nowhere too. */
export async function isThere(
  folder: string,
  files: readonly NewFile[],
): Promise<readonly string[]> {
  const found = await Promise.all(
    files.map(({ name }) =>
      lstat(join(folder, name)).then(
        () => [name],
        () => [],
      ),
    ),
  )
  return found.flat()
}

/** @throws CannotWrite; what was made until then is gone again */
export async function writeAll(
  folder: string,
  files: readonly NewFile[],
  { force }: { readonly force: boolean },
): Promise<void> {
  const made: string[] = []
  try {
    if ((await lstat(folder).catch(() => null))?.isFile())
      throw reasonOf({ code: 'ENOTDIR' }, folder)
    const first = await mkdir(folder, { recursive: true })
    if (first !== undefined) made.push(first)
    for (const file of files) {
      await writeOne(folder, file, force)
      // what was there before can't be brought back, and is not taken away
      if (!force) made.push(join(folder, file.name))
    }
  } catch (error) {
    for (const path of made.toReversed()) await rm(path, { recursive: true, force: true })
    throw reasonOf(error, folder)
  }
}

async function writeOne(folder: string, file: NewFile, force: boolean): Promise<void> {
  const path = join(folder, file.name)
  if (dirname(file.name) !== '.') await mkdir(dirname(path), { recursive: true })
  const flag = force ? 'w' : 'wx'
  if ('copyOf' in file) await copyFile(file.copyOf, path)
  else await writeFile(path, file.text, { flag, mode: file.mode ?? 0o666 })
}

const REASONS: Readonly<Record<string, readonly [string, string]>> = {
  EACCES: ['may not be written by this user', 'give another folder'],
  EPERM: ['may not be written by this user', 'give another folder'],
  EROFS: ['is on a disk that can only be read', 'give another folder'],
  ENOTDIR: ['can not be a folder: a file is in its way', 'give another folder'],
  EEXIST: ['can not be written: something has just come to be there', 'look at it, and try again'],
  ENOENT: ['can not be made there', 'give another folder'],
  ENOSPC: ['can not be written: the disk is full', 'make room, then try again'],
  ENAMETOOLONG: ['is too long a name', 'give another folder'],
}

function reasonOf(error: unknown, folder: string): unknown {
  const code = typeof error === 'object' && error && 'code' in error ? String(error.code) : ''
  const known = Object.hasOwn(REASONS, code) ? REASONS[code] : undefined
  return known ? new CannotWrite(`${folder} ${known[0]}`, known[1]) : error
}
