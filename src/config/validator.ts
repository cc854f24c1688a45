/**
 * Asks the JSON Schema what is wrong with a value: one error a place, of the alternatives of an `anyOf` only the one
 * that was meant speaks. A schema is understood when a value first comes to it: a validator made into code (Ajv) is
 * faster at its thousandth value, but a start asks once, and making the code took longer than all the rest of it.
 */
import { readFileSync } from 'node:fs'
import { KEYWORDS, SILENT, type Check, type SchemaError } from './keywords.ts'
import type { JsonSchema } from './schema-parts.ts'

export type { SchemaError } from './keywords.ts'

export interface Validator {
  readonly schema: JsonSchema
  readonly validate: (value: unknown) => readonly SchemaError[]
}

/** Enough for every honest file; a hostile one shall not keep the program busy. */
const MAX_ERRORS = 1000

let shared: Validator | undefined

/** The validator of the package's schemas/backo.schema.json; made at the first use. */
export function backoValidator(): Validator {
  shared ??= createValidator(JSON.parse(readFileSync(schemaFile(), 'utf8')) as JsonSchema)
  return shared
}

/** By its name, as package.json exports it: this code stands in dist/src or in dist/bundle. */
const schemaFile = (): URL => new URL(import.meta.resolve('backo/schema.json'))

/** @throws at a value for a schema with a keyword that has no row: a fault of the schema */
export function createValidator(schema: JsonSchema): Validator {
  const check = checker(schema)
  return {
    schema,
    validate: (value) => {
      const errors: SchemaError[] = []
      check(value, '', (error) => {
        if (errors.length < MAX_ERRORS) errors.push(error)
      })
      return errors
    },
  }
}

function checker(root: JsonSchema): Check {
  const definitions = (root['definitions'] ?? {}) as Readonly<Record<string, JsonSchema>>
  const definition = (reference: string): JsonSchema => {
    const found = definitions[reference.replace('#/definitions/', '')]
    if (!found) throw new Error(`no schema ${reference}`)
    return found
  }
  const make = (schema: JsonSchema): Check => {
    const checks = Object.entries(schema).flatMap(([name, operand]) => {
      if (SILENT.has(name)) return []
      const keyword = Object.hasOwn(KEYWORDS, name) ? KEYWORDS[name] : undefined
      if (!keyword) throw new Error(`no keyword ${name}`)
      return [keyword(operand as never, { schema, check: late, definition })]
    })
    return (value, at, tell) => {
      for (const check of checks) check(value, at, tell)
    }
  }
  const made = new Map<JsonSchema, Check>()
  const late = (schema: JsonSchema | boolean): Check => {
    if (schema === true) return () => undefined
    if (schema === false) throw new Error('a schema that nothing fits')
    return (value, at, tell) => {
      let check = made.get(schema)
      if (!check) made.set(schema, (check = make(schema)))
      check(value, at, tell)
    }
  }
  return late(root)
}
