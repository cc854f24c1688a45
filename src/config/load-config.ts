/**
 * backo.yaml -> Config with findings: read, include, fill variables in, ask the schema, normalise. Collects all that is
 * wrong and throws nothing; says nothing about what collections, fields and expressions mean.
 */
import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { stringify } from 'yaml'
import type { Config, Finding, LoadedConfig } from './config.ts'
import { sortFindings } from './findings.ts'
import { withIncludes } from './include.ts'
import { configSource } from './locate.ts'
import { pointerOf, toValue, type ConfigNode } from './node.ts'
import { normalise } from './normalise.ts'
import { readSource, readTextSource, type Reader } from './read-source.ts'
import { locationOf, sourceFile } from './source-file.ts'
import { validateNode } from './validate.ts'
import { backoValidator } from './validator.ts'
import { readEnvironment } from './variables.ts'

export interface LoadOptions {
  /** where `${NAME}` is looked up before `.env`; default `process.env` */
  readonly env?: NodeJS.ProcessEnv
}

export interface LoadTextOptions extends LoadOptions {
  /** what paths are relative to, and where `.env` is; default the working directory, without `.env` */
  readonly directory?: string
  /** shown in findings; default `backo.yaml` in the directory */
  readonly file?: string
}

/** Loads a file. Never throws for what is in it, or for its absence: that is a finding. */
export async function loadConfig(file: string, options: LoadOptions = {}): Promise<LoadedConfig> {
  const name = resolve(file)
  const directory = resolve(name, '..')
  const reader = await createReader(directory, options)
  return finish(await readSource(name, reader), reader, name)
}

/** Loads a text, or the same as an object, for tests and for programs that embed the server. */
export async function loadConfigText(
  config: string | object,
  options: LoadTextOptions = {},
): Promise<LoadedConfig> {
  const name = resolve(options.directory ?? '.', options.file ?? 'backo.yaml')
  const reader = await createReader(options.directory, options)
  const text = typeof config === 'string' ? config : render(config)
  return finish(readTextSource(sourceFile(name, text), reader), reader, name)
}

/** Objects go the way of texts: one way to check, and findings that can show a line. */
function render(config: object): string {
  try {
    return stringify(config, { version: '1.2', lineWidth: 0 })
  } catch (error) {
    return `# not a configuration: ${String(error).replaceAll('\n', ' ')}\n`
  }
}

async function createReader(
  directory: string | undefined,
  options: LoadOptions,
): Promise<Reader & { readonly findings: Finding[] }> {
  const findings: Finding[] = []
  const environment = await readEnvironment(directory, options.env ?? process.env)
  return {
    environment,
    findings,
    report: (finding) => findings.push(finding),
    files: [],
    includes: [],
    broken: false,
  }
}

async function finish(
  main: ConfigNode | undefined,
  reader: Reader & { readonly findings: Finding[] },
  file: string,
): Promise<LoadedConfig> {
  const { findings, files } = reader
  if (main && main.kind !== 'map')
    reader.report({
      severity: 'error',
      code: 'BACKO_CONFIG_TYPE',
      path: [],
      message: 'the file must be a map of keys and values',
      hint: 'begin with "backo: 1", "name: ..." and "collections:"',
      location: locationOf(main.file, main.span),
    })
  const root = main?.kind === 'map' ? await withIncludes(main, reader) : undefined
  const config = root && build(root, reader, file)
  const source = configSource(root, reader, file)
  const hash = createHash('sha256')
  for (const { text } of files) hash.update(`${text.length}:${text}`)
  const loaded = {
    source,
    findings: sortFindings(findings, source),
    hash: hash.digest('hex').slice(0, 12),
  }
  return config && !reader.broken ? { ...loaded, config } : loaded
}

/** The configuration without the pieces that something was said about. */
function build(
  root: ConfigNode,
  reader: Reader & { readonly findings: Finding[] },
  file: string,
): Config | undefined {
  const { findings, reread } = validateNode(root, backoValidator())
  reader.findings.push(...findings)
  const drop = new Set<string>()
  for (const { code, path } of reader.findings) {
    // a missing key leaves the rest as good as it was
    if (code === 'BACKO_CONFIG_MISSING' || code === 'BACKO_CONFIG_DUPLICATE') continue
    // a list without one of its items is another list
    const end = path.findIndex((part) => typeof part === 'number')
    drop.add(pointerOf(end === -1 ? path : path.slice(0, end)))
  }
  return normalise(toValue(root, { drop, reread }), resolve(file, '..'))
}
