/**
 * Asks the JSON Schema what is wrong with a value, and boils Ajv's answer down to one error a place: of the
 * alternatives of an `anyOf` only the one that was meant speaks. The one file here that knows Ajv.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Ajv, ErrorObject, ValidateFunction } from 'ajv'
import { accepts, kindOf } from './kinds.ts'
import type { JsonSchema } from './schema-parts.ts'

const require = createRequire(import.meta.url)

export interface SchemaError {
  /** JSON Pointer */
  readonly at: string
  readonly keyword: string
  readonly params: Readonly<Record<string, unknown>>
  /** the schema that the keyword stands in */
  readonly schema: JsonSchema
  readonly data: unknown
}

export interface Validator {
  readonly schema: JsonSchema
  readonly validate: (value: unknown) => readonly SchemaError[]
}

/** Enough for every honest file; a hostile one shall not keep the program busy. */
const MAX_ERRORS = 1000
const ID = 'backo.yaml'

let shared: Validator | undefined

/**
 * The validator of the package's schemas/backo.schema.json. Ajv takes most of a start to make code of it: the build
 * has done so (scripts/fits-schema.mjs), and Ajv itself is asked only what is wrong with a file that does not fit.
 */
export function backoValidator(): Validator {
  // by its name, as package.json exports it: this code stands in dist/src or in dist/bundle
  shared ??= quickValidator(fileURLToPath(import.meta.resolve('backo/schema.json')))
  return shared
}

function quickValidator(file: string): Validator {
  const text = readFileSync(file, 'utf8')
  const schema = JSON.parse(text) as JsonSchema
  const fits = codeOf(text, resolve(file, '../../dist/fits-schema.cjs'))
  // tsc alone has run, or the schema has changed since
  if (!fits) return createValidator(schema)
  let thorough: Validator | undefined
  return {
    schema,
    validate: (value) =>
      fits(value) ? [] : (thorough ??= createValidator(schema)).validate(value),
  }
}

/** What the build has made of this very schema. */
function codeOf(schema: string, file: string): ((value: unknown) => boolean) | undefined {
  if (!existsSync(file)) return undefined
  const fits = require(file) as { (value: unknown): boolean; readonly madeOf?: string }
  return fits.madeOf === createHash('sha256').update(schema).digest('hex') ? fits : undefined
}

export function createValidator(schema: JsonSchema): Validator {
  const { Ajv: Engine } = require('ajv') as { readonly Ajv: typeof Ajv }
  const ajv = new Engine({
    allErrors: true,
    verbose: true,
    allowUnionTypes: true,
    strictTypes: false,
    strictRequired: false,
    // the schema is ours and a test checks it; it is asked once a start
    validateSchema: false,
    inlineRefs: false,
    code: { optimize: false },
  })
  ajv.addVocabulary(['enumDescriptions'])
  ajv.addSchema(schema, ID)
  const asking: Asking = { ajv, schema, pointers: pointersOf(schema) }
  return { schema, validate: (value) => ask(asking, validatorAt(asking, ''), { value, at: '' }) }
}

interface Asking {
  readonly ajv: Ajv
  readonly schema: JsonSchema
  /** where each part of the schema stands in it */
  readonly pointers: ReadonlyMap<unknown, string>
}

interface Place {
  readonly value: unknown
  readonly at: string
}

function ask(asking: Asking, validate: ValidateFunction, place: Place): readonly SchemaError[] {
  if (validate(place.value)) return []
  const errors = (validate.errors ?? []).slice(0, MAX_ERRORS).filter(speaks)
  // Ajv tells of the outer of two at the same place after the inner
  const unions = errors
    .filter(isUnion)
    .reverse()
    .sort((left, right) => left.instancePath.length - right.instancePath.length)
  const covered = new Set<string>()
  const found: SchemaError[] = []
  for (const union of unions) {
    if (isWithin(union.instancePath, covered)) continue
    covered.add(union.instancePath)
    const at = place.at + union.instancePath
    found.push(...askBranches(asking, union, { value: union.data, at }))
  }
  for (const error of errors) {
    if (isUnion(error) || isWithin(error.instancePath, covered)) continue
    found.push(schemaError(error, place.at))
  }
  return found
}

/** What is inside `propertyNames` is said by `propertyNames` itself, and `if` only repeats its `then`. */
function speaks(error: ErrorObject): boolean {
  return error.propertyName === undefined && error.keyword !== 'if'
}

function isUnion(error: ErrorObject): boolean {
  return error.keyword === 'anyOf' || error.keyword === 'oneOf'
}

function isWithin(pointer: string, covered: ReadonlySet<string>): boolean {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
    if (covered.has(at)) return true
    if (at === '') return false
  }
}

function schemaError(error: ErrorObject, at: string): SchemaError {
  return {
    at: at + error.instancePath,
    keyword: error.keyword,
    params: error.params,
    schema: error.parentSchema ?? {},
    data: error.data,
  }
}

/** The errors of the alternative that was meant: of those for this kind of value the one with the fewest. */
function askBranches(asking: Asking, union: ErrorObject, place: Place): readonly SchemaError[] {
  const branches = union.schema as readonly JsonSchema[]
  const kinds = branches.map((branch) => kindsOf(asking, branch))
  const kind = kindOf(place.value)
  const meant = branches.filter((_, index) => accepts(kinds[index], kind))
  let best: readonly SchemaError[] | undefined
  for (const branch of meant) {
    const errors = ask(asking, validatorAt(asking, asking.pointers.get(branch) ?? ''), place)
    if (!best || errors.length <= best.length) best = errors
  }
  if (best) return best
  const type = [...new Set(kinds.flat())]
  const { parentSchema: schema = {} } = union
  return [{ at: place.at, keyword: 'type', params: { type }, schema, data: place.value }]
}

function validatorAt({ ajv }: Asking, pointer: string): ValidateFunction {
  const validate = ajv.getSchema(`${ID}#${pointer}`)
  if (!validate) throw new Error(`no schema at ${pointer}`)
  return validate
}

function kindsOf(asking: Asking, schema: JsonSchema): readonly string[] {
  if (typeof schema['$ref'] === 'string') return kindsOf(asking, resolveRef(asking, schema['$ref']))
  if (typeof schema['type'] === 'string') return [schema['type']]
  if (Array.isArray(schema['type'])) return schema['type'].map(String)
  if (Array.isArray(schema['enum'])) return schema['enum'].map(kindOf)
  const union = schema['anyOf'] ?? schema['oneOf']
  if (Array.isArray(union)) return union.flatMap((branch: JsonSchema) => kindsOf(asking, branch))
  return []
}

function resolveRef({ schema }: Asking, reference: string): JsonSchema {
  const definitions = schema['definitions'] as Readonly<Record<string, JsonSchema>>
  return definitions[reference.replace('#/definitions/', '')] ?? {}
}

function pointersOf(schema: JsonSchema): ReadonlyMap<unknown, string> {
  const pointers = new Map<unknown, string>()
  const walk = (part: unknown, pointer: string): void => {
    if (typeof part !== 'object' || part === null) return
    pointers.set(part, pointer)
    for (const [key, child] of Object.entries(part))
      walk(
        child,
        `${pointer}/${encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))}`,
      )
  }
  walk(schema, '')
  return pointers
}
