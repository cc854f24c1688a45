/**
 * One file, from bytes to a tree of nodes; what was read is kept for carets and for the hash.
 * Knows no key of the format.
 */
import { readFile } from 'node:fs/promises'
import type { ConfigNode } from './node.ts'
import { readNode } from './read-node.ts'
import { sourceFile, type SourceFile } from './source-file.ts'
import { MAX_FILE_SIZE, parseSource, type Report } from './syntax.ts'
import type { Environment } from './variables.ts'

export interface Reader {
  readonly environment: Environment
  readonly report: Report
  /** every file read so far, the main one first */
  readonly files: SourceFile[]
  /** patterns of `include` that were looked for */
  readonly includes: string[]
  /** set when a file could not be used: what is left would only make misleading findings */
  broken: boolean
}

/** The tree of the file; undefined when it can't be used, which is reported. */
export async function readSource(name: string, reader: Reader): Promise<ConfigNode | undefined> {
  const text = await readText(name, reader)
  return text === undefined ? undefined : readTextSource(sourceFile(name, text), reader)
}

/** The same for a text that is no file, or was read already. */
export function readTextSource(file: SourceFile, reader: Reader): ConfigNode | undefined {
  reader.files.push(file)
  const top = parseSource(file, reader.report)
  if (top) return readNode(top, file, reader)
  reader.broken = true
  return undefined
}

async function readText(name: string, reader: Reader): Promise<string | undefined> {
  const fail = (message: string, hint?: string): undefined => {
    reader.broken = true
    const location = { file: name, line: 1, column: 1, length: 1 }
    const finding = { severity: 'error', code: 'BACKO_CONFIG_FILE', path: [], message } as const
    reader.report({ ...finding, location, ...(hint === undefined ? {} : { hint }) })
  }
  let bytes: Buffer
  try {
    bytes = await readFile(name)
  } catch (error) {
    return fail(`the file can't be read: ${reasonOf(error)}`)
  }
  // three bytes may be one character; the parser looks at the exact length
  if (bytes.length > 3 * MAX_FILE_SIZE)
    return fail('the file is larger than 1 MiB', 'split it with "include"')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return fail('the file is not UTF-8 text')
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return REASONS[code] ?? (error instanceof Error ? error.message : String(error))
}
