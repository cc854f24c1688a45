/**
 * Files that match a pattern of `*` (in a name), `**` (any folders) and `?`. Node 20 has no stable glob of its own.
 * Knows the file system, and not what the files are for.
 */
import { readdir, stat } from 'node:fs/promises'
import { isAbsolute, join, resolve } from 'node:path'

const MAX_FILES = 10_000

/** Absolute names of the files, in order. Hidden files and folders, and node_modules, only when named. */
export async function glob(pattern: string, directory: string): Promise<readonly string[]> {
  const parts = pattern.replaceAll('\\', '/').split('/')
  const root = isAbsolute(pattern) ? resolve('/') : directory
  const found = new Set<string>()
  await search(
    root,
    parts.filter((part) => part !== '' && part !== '.'),
    found,
  )
  return [...found].sort()
}

async function search(
  folder: string,
  [part, ...rest]: readonly string[],
  found: Set<string>,
): Promise<void> {
  if (part === undefined || found.size >= MAX_FILES) return
  if (part === '**') {
    await search(folder, rest.length > 0 ? rest : ['*'], found)
    for (const name of await foldersIn(folder))
      await search(join(folder, name), [part, ...rest], found)
    return
  }
  const names = /[*?]/.test(part) ? await matchesIn(folder, part) : [part]
  for (const name of names) {
    const path = join(folder, name)
    if (rest.length > 0) await search(path, rest, found)
    else if (await isFile(path)) found.add(path)
  }
}

async function matchesIn(folder: string, part: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter(
    (name) => (name.startsWith('.') ? part.startsWith('.') : true) && matches(name, part),
  )
}

/** Real folders only: a link may lead back up. */
async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries
    .filter(
      (entry) =>
        entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules',
    )
    .map(({ name }) => name)
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}

/** Does the name match? In time of name by pattern: a regular expression of many `*` may take forever. */
function matches(name: string, part: string): boolean {
  const letters = Array.from(name)
  let reached = new Set([0])
  for (const sign of part) {
    const next = new Set<number>()
    for (const at of reached) {
      if (sign === '*') for (let to = at; to <= letters.length; to++) next.add(to)
      else if (at < letters.length && (sign === '?' || sign === letters[at])) next.add(at + 1)
    }
    reached = next
  }
  return reached.has(letters.length)
}
