/**
 * What a configuration was read from, and what may become part of it: the files, `.env`, the modules of hooks, the
 * folders that `include` looks into. Watches nothing itself.
 */
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { ConfigSource } from '../config/config.ts'
import { glob } from '../config/glob.ts'
import { hookModules } from './hook-modules.ts'

export interface WatchedFiles {
  readonly files: ReadonlySet<string>
  /** of the files, and those that may hold files to include */
  readonly folders: ReadonlySet<string>
  /** of the folders, those where a file may come that is to be included */
  readonly patterns: ReadonlySet<string>
  /** those in which it may be deeper */
  readonly deep: readonly string[]
}

export async function watchedFiles(
  { file, directory, includes, texts }: ConfigSource,
  hooks: readonly string[],
): Promise<WatchedFiles> {
  const files = new Set([file, join(directory, '.env'), ...texts.keys()])
  for (const module of await hookModules(hooks)) files.add(module)
  const bases = includes.map((pattern) => baseOf(pattern, directory))
  const folders = new Set([...files].map((name) => dirname(name)))
  for (const { folder } of bases) folders.add(folder)
  return {
    files,
    folders,
    patterns: new Set(bases.map(({ folder }) => folder)),
    deep: bases.filter(({ deep }) => deep).map(({ folder }) => folder),
  }
}

/** The folder before the first wildcard, and whether files may be deeper than in it. */
function baseOf(
  pattern: string,
  directory: string,
): { readonly folder: string; readonly deep: boolean } {
  const parts = pattern.replaceAll('\\', '/').split('/')
  const wild = parts.findIndex((part) => /[*?]/.test(part))
  const end = wild === -1 ? parts.length - 1 : wild
  const folder = parts.slice(0, end).join('/')
  return {
    folder: resolve(directory, pattern.startsWith('/') ? `/${folder}` : folder),
    deep: end < parts.length - 1,
  }
}

/** By file: what is in it, and when it came to be there; null where there is none. */
export type Prints = ReadonlyMap<string, { readonly text: string; readonly time: number } | null>

/** @param others names that may be none of them any more */
export async function printsOf(
  { files }: WatchedFiles,
  { directory, includes }: ConfigSource,
  others: Iterable<string> = [],
): Promise<Prints> {
  const all = new Set([...files, ...others])
  for (const pattern of includes) for (const name of await glob(pattern, directory)) all.add(name)
  const prints = new Map<string, { text: string; time: number } | null>()
  for (const name of all) prints.set(name, await printOf(name))
  return prints
}

async function printOf(name: string): Promise<{ text: string; time: number } | null> {
  try {
    const [text, { ctimeMs }] = await Promise.all([readFile(name), stat(name)])
    return { text: createHash('sha256').update(text).digest('base64'), time: ctimeMs }
  } catch {
    return null
  }
}

/** Is any of `now` another than it was? Files that were not looked at before count when they are younger than `since`. */
export function differ(before: Prints, now: Prints, since = 0): boolean {
  for (const [name, print] of now) {
    const was = before.get(name)
    if (was === undefined ? print !== null && print.time >= since : was?.text !== print?.text)
      return true
  }
  return false
}
