/**
 * An error of the schema -> a finding in words that a person understands, with the nearest known word.
 * Knows the schema's keywords, and no key of the format.
 */
import { nearest } from '../nearest.ts'
import type { ConfigPath, Finding } from './config.ts'
import { hideCredentials } from './credentials.ts'
import { nodeAt, pathOf, type ConfigNode } from './node.ts'
import { TYPE_MARK } from './schema-field.ts'
import { FIELD_NAME, type JsonSchema } from './schema-parts.ts'
import { kindOf } from './kinds.ts'
import type { SchemaError } from './validator.ts'

/** A finding without its place: `at` says whether the key or the value is meant. */
export interface Explained {
  readonly finding: Finding
  readonly at: 'key' | 'value'
}

type Words = Pick<Finding, 'code' | 'message'> & {
  readonly hint?: string | undefined
  /** the key below the place that is meant */
  readonly key?: string
}

interface Context {
  readonly root: ConfigNode
  /** the whole schema, to say which type has an option */
  readonly schema: JsonSchema
}

/** Undefined when something was already said about the place. */
export function explain(error: SchemaError, context: Context): Explained | undefined {
  const parent = pathOf(context.root, error.at)
  const node = nodeAt(context.root, parent)
  if (node?.faulty) return undefined
  const secret = node?.kind === 'scalar' && node.filled !== undefined
  const words = wordsFor(error, context, secret ? undefined : error.data)
  const { key, code, hint } = words
  const message = hideCredentials(words.message)
  const path: ConfigPath = key === undefined ? parent : [...parent, key]
  return {
    finding: { severity: 'error', code, path, message, ...(hint === undefined ? {} : { hint }) },
    at: key === undefined ? 'value' : 'key',
  }
}

/** `shown` is the value if it may be told: what came from a variable may be a secret. */
function wordsFor(error: SchemaError, context: Context, shown: unknown): Words {
  const { keyword, params, schema, data } = error
  switch (keyword) {
    case 'additionalProperties':
      return unknownKey(String(params['additionalProperty']), schema, context)
    case 'propertyNames':
      return badName(String(params['propertyName']), schema)
    case 'required':
      return missingKey(String(params['missingProperty']), schema, data)
    case 'type':
      return {
        code: 'BACKO_CONFIG_TYPE',
        message: `expected ${expected(params['type'])}, got ${got(data)}`,
      }
    case 'enum':
      return notListed(schema['enum'], shown)
    case 'const':
      return value(`expected ${JSON.stringify(schema['const'])}${but(shown)}`)
    case 'pattern':
      return badText(schema, shown)
    case 'minLength':
      return tooFew(params, 'characters')
    case 'minItems':
    case 'minProperties':
      return tooFew(params, 'entries')
    case 'not':
      return saidTwice(schema, context.root, error.at)
    case 'maxProperties':
      return value(`only one of ${quoted(Object.keys(propertiesOf(schema)))} can be said`)
    case 'minimum':
    case 'maximum':
      return value(
        `must be ${String(params['comparison'])} ${String(params['limit'])}${but(shown)}`,
      )
    default:
      return value(`does not fit: ${keyword}`)
  }
}

function value(message: string, hint?: string): Words {
  return { code: 'BACKO_CONFIG_VALUE', message, hint }
}

function tooFew({ limit }: SchemaError['params'], what: string): Words {
  return value(limit === 1 ? 'must not be empty' : `too short: at least ${String(limit)} ${what}`)
}

/** The only `not` of the schema but for names: two spellings of one key. The later one is shown. */
function saidTwice(schema: JsonSchema, root: ConfigNode, at: string): Words {
  const { required = [] } = (schema['not'] ?? {}) as { required?: readonly string[] }
  const node = nodeAt(root, pathOf(root, at))
  const written = node?.kind === 'map' ? [...node.entries.keys()] : []
  const key = written.findLast((name) => required.includes(name))
  const message = `${quoted(required)} say the same`
  return { code: 'BACKO_CONFIG_DUPLICATE', message, hint: 'leave one out', ...(key ? { key } : {}) }
}

function unknownKey(key: string, schema: JsonSchema, { schema: whole }: Context): Words {
  const known = Object.keys(propertiesOf(schema))
  const near = nearest(key, known)
  const isType = schema['$comment'] === TYPE_MARK
  const owners = isType ? typesWith(key, whole) : []
  const message =
    owners.length > 0
      ? `"${key}" is not an option of ${String(schema['title'])}`
      : `unknown key "${key}"`
  return {
    code: 'BACKO_CONFIG_UNKNOWN_KEY',
    key,
    message,
    hint: unknownHint({ near, owners, known, isType }),
  }
}

const MAX_LISTED = 20

function unknownHint(about: {
  readonly near: string | undefined
  readonly owners: readonly string[]
  readonly known: readonly string[]
  readonly isType: boolean
}): string | undefined {
  const { near, owners, known, isType } = about
  if (owners.length > 0 && owners.length <= 6) return `it is an option of ${owners.join(', ')}`
  if (near !== undefined) return `did you mean "${near}"?`
  return isType || known.length > MAX_LISTED || known.length === 0
    ? undefined
    : `known here: ${known.filter((name) => name !== '$schema').join(', ')}`
}

/** The types that have an option. */
function typesWith(option: string, whole: JsonSchema): readonly string[] {
  const definitions = Object.entries(whole['definitions'] ?? {}) as [string, JsonSchema][]
  return definitions
    .filter(
      ([name, schema]) =>
        schema['$comment'] === TYPE_MARK &&
        schema['title'] === name &&
        Object.hasOwn(propertiesOf(schema), option),
    )
    .map(([name]) => name)
}

function badName(name: string, schema: JsonSchema): Words {
  const rule = schema['propertyNames'] as JsonSchema
  const what = typeof rule['$comment'] === 'string' ? rule['$comment'] : 'a key'
  const [, named] = (rule['anyOf'] ?? []) as readonly JsonSchema[]
  const { enum: taken = [] } = (named?.['not'] ?? {}) as { enum?: readonly string[] }
  const code = 'BACKO_CONFIG_NAME'
  if (taken.includes(name))
    return {
      code,
      key: name,
      message: `"${name}" can't be the name of ${what.replace(/^an? /, 'a ')}`,
    }
  if (what === 'a field' && (name === '_id' || name === '_meta'))
    return { code, key: name, message: `"${name}" is added by the program`, hint: 'leave it out' }
  const signs = named?.['pattern'] === FIELD_NAME ? 'digits and "_"' : 'digits, "_" and "-"'
  const message = `"${name}" can't be the name of ${what}`
  return { code, key: name, message, hint: `a name is a letter, then letters, ${signs}` }
}

function missingKey(key: string, schema: JsonSchema, data: unknown): Words {
  const found = typeof data === 'object' && data !== null ? Object.keys(data) : []
  const known = propertiesOf(schema)
  const misspelt = found.find(
    (name) => !Object.hasOwn(known, name) && nearest(name, Object.keys(known)) === key,
  )
  const { description } = (known[key] ?? {}) as { description?: string }
  const hint = misspelt === undefined ? description : `"${misspelt}" looks like it`
  return { code: 'BACKO_CONFIG_MISSING', message: `missing key "${key}"`, hint }
}

function notListed(allowed: unknown, shown: unknown): Words {
  const words = Array.isArray(allowed) ? allowed.map(String) : []
  const near = typeof shown === 'string' ? nearest(shown, words) : undefined
  const message = `expected one of ${words.join(', ')}${but(shown)}`
  return value(message, near === undefined ? undefined : `did you mean "${near}"?`)
}

function badText(schema: JsonSchema, shown: unknown): Words {
  const noun = typeof schema['title'] === 'string' ? schema['title'] : 'text'
  const { examples } = schema
  const such =
    Array.isArray(examples) && examples.length > 0 ? `such as ${examples.join(', ')}` : undefined
  const subject = typeof shown === 'string' ? JSON.stringify(short(shown)) : 'this'
  return value(`${subject} is not a valid ${noun}`, such)
}

function propertiesOf(schema: JsonSchema): Readonly<Record<string, unknown>> {
  return (schema['properties'] ?? {}) as Readonly<Record<string, unknown>>
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  array: 'a list',
  null: 'nothing',
}

function expected(type: unknown): string {
  const nouns = [type].flat().map((kind) => NOUNS[String(kind)] ?? String(kind))
  const last = nouns.pop() ?? 'something else'
  return nouns.length > 0 ? `${nouns.join(', ')} or ${last}` : last
}

function got(data: unknown): string {
  if (typeof data === 'boolean') return String(data)
  if (typeof data === 'number') return Number.isFinite(data) ? 'a number' : String(data)
  return NOUNS[kindOf(data)] ?? kindOf(data)
}

function but(shown: unknown): string {
  const simple =
    typeof shown === 'string' || typeof shown === 'number' || typeof shown === 'boolean'
  return simple ? `, got ${JSON.stringify(typeof shown === 'string' ? short(shown) : shown)}` : ''
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `"${word}"`).join(' and ')
}
