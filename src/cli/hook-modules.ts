/**
 * The files that hooks are made of: their modules, and what these import by a relative path, found in their text. So
 * a module is known too that can't be loaded, as it is being written. Runs nothing.
 */
import { readFile, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

const IMPORTED = /\b(?:from|import|require)\s*\(?\s*(['"])(\.{1,2}\/[^'"\n]+)\1/g
const ENDINGS = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json']
const MAX_MODULES = 2000

/** Absolute names, of those that are imported and not there too: they may come. */
export async function hookModules(hooks: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>(hooks)
  for (const file of found) {
    const text = await readFile(file, 'utf8').catch(() => '')
    for (const [, , path = ''] of text.matchAll(IMPORTED)) {
      for (const module of await fileOf(resolve(dirname(file), path))) found.add(module)
    }
    if (found.size > MAX_MODULES) break
  }
  return found
}

/** As jiti looks for it; where nothing is there, all that it might be. */
async function fileOf(path: string): Promise<readonly string[]> {
  const typescript = path.replace(/\.([mc]?)js$/, '.$1ts')
  const candidates = [
    path,
    typescript,
    ...ENDINGS.map((ending) => path + ending),
    ...ENDINGS.map((ending) => `${path}/index${ending}`),
  ]
  for (const candidate of candidates) if (await isFile(candidate)) return [candidate]
  return candidates
}

const isFile = async (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
