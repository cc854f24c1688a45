/**
 * The user's TypeScript or JavaScript modules to their exports, without a build step (jiti). What a hook
 * may be named for is checked by the model; here only what can't be loaded is reported.
 */
import { existsSync } from 'node:fs'
import type { Finding } from '../config/config.ts'

export interface LoadedHooks {
  /** export name -> what is exported */
  readonly hooks: ReadonlyMap<string, unknown>
  readonly findings: readonly Finding[]
}

/**
 * Loads each module afresh (a reload must see what changed).
 * @param files absolute paths, as config gives them
 * @param backo what `import ... from 'backo'` gives in a hook: the running program, not a second copy
 */
export async function loadHooks(
  files: readonly string[],
  backo: Readonly<Record<string, unknown>>,
): Promise<LoadedHooks> {
  const hooks = new Map<string, unknown>()
  const findings: Finding[] = []
  if (files.length === 0) return { hooks, findings }
  // most files name no hooks, and should not wait for what loads them
  const { createJiti } = await import('jiti')
  const jiti = createJiti(import.meta.url, {
    fsCache: false,
    moduleCache: false,
    tryNative: false,
    interopDefault: false,
    virtualModules: { backo },
  })
  for (const [index, file] of files.entries()) {
    const report = (code: string, message: string, hint?: string): void => {
      findings.push({
        severity: 'error',
        code,
        path: ['hooks', index],
        message,
        ...(hint === undefined ? {} : { hint }),
      })
    }
    if (!existsSync(file)) {
      report(
        'BACKO_CONFIG_HOOKS_MISSING',
        `there is no file ${file}`,
        'the path is relative to backo.yaml',
      )
      continue
    }
    try {
      const exported = await jiti.import<Record<string, unknown>>(file)
      for (const [name, hook] of named(exported)) {
        if (hooks.has(name))
          report('BACKO_CONFIG_HOOKS_TWICE', `${name} is exported by more than one hooks module`)
        else hooks.set(name, hook)
      }
    } catch (error) {
      report('BACKO_CONFIG_HOOKS_BROKEN', `${file} can't be loaded: ${oneLine(error)}`)
    }
  }
  return { hooks, findings }
}

/** The exports with a name; those of a CommonJS module are in its default. */
function named(
  exported: Readonly<Record<string, unknown>>,
): readonly (readonly [string, unknown])[] {
  const entries = Object.entries(exported).filter(
    ([name]) => name !== 'default' && name !== '__esModule',
  )
  const inner = exported['default']
  return entries.length === 0 && typeof inner === 'object' && inner !== null
    ? Object.entries(inner)
    : entries
}

/** jiti's second line is the place of a syntax error. */
const oneLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split(/\s*\n\s*/, 2).join(' at ')
