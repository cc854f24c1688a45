/**
 * `${NAME}` and `${NAME:-default}` in texts of the configuration, and how a text filled in may be read.
 * Knows no YAML document and no key.
 */
import { readFile } from 'node:fs/promises'
import { parseEnv } from 'node:util'
import { join } from 'node:path'
import type { ScalarValue } from './node.ts'

export type Environment = (name: string) => string | undefined

export interface VariableProblem {
  readonly message: string
  readonly hint: string
  /** place in the text as written */
  readonly at: number
  readonly length: number
}

export interface Substituted {
  readonly text: string
  readonly problems: readonly VariableProblem[]
}

const VARIABLE = /\$(\$\{)|\$\{([^}]*)(\}?)/g
const INSIDE = /^([A-Za-z_][A-Za-z0-9_]*)(?::-((?:(?!\$\{)[^])*))?$/

/** Fills the variables in; `$${` stays as `${`. */
export function substitute(text: string, environment: Environment): Substituted {
  const problems: VariableProblem[] = []
  let filled = ''
  let done = 0
  for (const match of text.matchAll(VARIABLE)) {
    const [whole, escaped, inside = '', close] = match
    const at = match.index
    const found = escaped ?? (close === '}' ? fill(inside, environment) : MALFORMED)
    filled += text.slice(done, at) + (typeof found === 'string' ? found : whole)
    if (typeof found === 'object') problems.push({ ...found, at, length: whole.length })
    done = at + whole.length
  }
  return { text: filled + text.slice(done), problems }
}

type Refused = Pick<VariableProblem, 'message' | 'hint'>

const MALFORMED: Refused = {
  message: 'this is neither ${NAME} nor ${NAME:-default}',
  hint: 'write $${ where the text ${ is meant',
}

/** The value of what stands between the braces. */
function fill(inside: string, environment: Environment): string | Refused {
  const [, name, fallback] = INSIDE.exec(inside) ?? []
  if (name === undefined) return MALFORMED
  const value = environment(name)
  // as in a shell: `:-` also stands in for an empty value
  if (fallback !== undefined && (value === undefined || value === '')) return fallback
  if (value !== undefined) return value
  return {
    message: `the environment variable ${name} is not set`,
    hint: `set it, add it to .env beside the main file, or give a default: \${${name}:-...}`,
  }
}

/** The process's variables first, then those of `.env` in the directory. */
export async function readEnvironment(
  directory: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<Environment> {
  const fromFile = directory === undefined ? {} : await readDotEnv(join(directory, '.env'))
  return (name) => {
    if (Object.hasOwn(env, name)) return env[name]
    return Object.hasOwn(fromFile, name) ? fromFile[name] : undefined
  }
}

async function readDotEnv(file: string): Promise<NodeJS.Dict<string>> {
  try {
    return parseEnv(await readFile(file, 'utf8'))
  } catch {
    // no such file, or not ours to read: a variable that is missed then is named where it is used
    return {}
  }
}

const CORE: readonly (readonly [RegExp, (text: string) => ScalarValue])[] = [
  [/^(?:~|null|Null|NULL|)$/, () => null],
  [/^(?:true|True|TRUE)$/, () => true],
  [/^(?:false|False|FALSE)$/, () => false],
  [/^(?:[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+)$/, Number],
  [/^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/, Number],
]

/** A text as YAML 1.2 core reads it where it stands without quotes. */
export function plainScalar(text: string): ScalarValue {
  const trimmed = text.trim()
  const row = CORE.find(([pattern]) => pattern.test(trimmed))
  return row ? row[1](trimmed) : text
}
