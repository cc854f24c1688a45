/**
 * The schema that is written is the one of the code; editors get a description for everything.
 */
import { Ajv } from 'ajv'
import t from 'tap'
import { FIELD_TYPES } from '../../src/model/fields/index.ts'
import { schemaText, writtenSchemaText } from '../support/generate-schema.ts'

const schema = JSON.parse(writtenSchemaText()) as Record<string, unknown>

t.test('the file is what the code makes (else: npm run generate)', async (t) => {
  t.equal(writtenSchemaText(), await schemaText())
})

t.test('it is a valid schema of draft 07, in strict mode', (t) => {
  const ajv = new Ajv({
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
  })
  ajv.addVocabulary(['enumDescriptions'])
  t.equal(ajv.validateSchema(schema), true)
  t.doesNotThrow(() => ajv.compile(schema))
  t.end()
})

t.test('every key has a description, or what it refers to has', (t) => {
  const definitions = schema['definitions'] as Record<string, Record<string, unknown>>
  const described = (part: Record<string, unknown>): boolean => {
    if (typeof part['description'] === 'string') return true
    const ref = part['$ref']
    return (
      typeof ref === 'string' && described(definitions[ref.replace('#/definitions/', '')] ?? {})
    )
  }
  const walk = (part: unknown, at: string): void => {
    if (typeof part !== 'object' || part === null) return
    for (const [key, child] of Object.entries(part)) {
      walk(child, `${at}/${key}`)
      if (key !== 'properties' || /\/(if|then|not)$/.test(at)) continue
      for (const [name, property] of Object.entries(child as Record<string, unknown>))
        if (
          property !== true &&
          !described(property as Record<string, unknown>) &&
          !['expr', 'hook'].includes(name)
        )
          t.fail(`no description: ${at}/${key}/${name}`)
    }
  }
  walk(schema, '')
  t.pass('walked')
  t.end()
})

t.test('every type has its definition, with its own options and the common ones', (t) => {
  const definitions = schema['definitions'] as Record<string, { properties: object }>
  for (const { name, options } of FIELD_TYPES.values())
    for (const option of [...Object.keys(options), 'required', 'can_read', 'views', 'unique'])
      t.ok(Object.hasOwn(definitions[name]?.properties ?? {}, option), `${name}.${option}`)
  t.end()
})
