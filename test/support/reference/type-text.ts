/** What a schema of backo.yaml takes, in a few words. Knows JSON Schema as src/config writes it. */
import type { JsonSchema } from '../../../src/config/schema-parts.ts'
import { code } from './table.ts'

/** Parts that have a place of their own on the page, or need no more words. */
const NAMED: Readonly<Record<string, string>> = {
  field: '[field](#fields)',
  fields: '[fields](#fields)',
  right: '[right](#rights)',
  expression: '[expression](#expressions)',
  computed: '[expression](#expressions)',
  hookName: 'name of a hook',
  typeName: 'name of a type',
  step: 'step',
  useExpression: '`{ expr }`',
  useHook: '`{ hook }`',
}

const nameOf = ({ $ref: ref }: JsonSchema): string | undefined =>
  typeof ref === 'string' ? ref.replace('#/definitions/', '') : undefined

export const isNamed = (schema: JsonSchema): boolean => Object.hasOwn(NAMED, nameOf(schema) ?? '')

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'int',
  number: 'number',
  boolean: 'bool',
  object: 'map',
  array: 'list',
  null: 'null',
}

export function typeText(schema: JsonSchema): string {
  const name = nameOf(schema)
  if (name !== undefined) return NAMED[name] ?? 'map'
  const { title, items, anyOf = schema['oneOf'] } = schema
  if (title === 'duration' || title === 'size') return title
  if ('const' in schema) return code(JSON.stringify(schema['const']))
  if (Array.isArray(schema['enum']))
    return schema['enum'].map((one) => code(String(one))).join(', ')
  if (Array.isArray(anyOf)) return alternatives(anyOf as readonly JsonSchema[])
  if (schema['type'] === 'array')
    return isSchema(items) ? `list of ${plural(typeText(items))}` : 'list'
  const { type } = schema
  const words = [type].flat().map((one) => WORDS[String(one)] ?? 'any value')
  return `${words.join(' or ')}${bounds(schema)}`
}

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null

/** `a` and a list of it is said once. */
function alternatives(schemas: readonly JsonSchema[]): string {
  if (schemas.some(({ title }) => title === 'size')) return 'size'
  const texts = [...new Set(schemas.map((one) => mapText(one) ?? typeText(one)))]
  const [one = '', many] = texts
  if (texts.length === 2 && many === `list of ${plural(one)}`) return `${one}, or a list`
  return texts.join(' or ')
}

const mapText = ({ type, properties }: JsonSchema): string | undefined =>
  type === 'object' && isSchema(properties)
    ? `\`{ ${Object.keys(properties).join(', ')} }\``
    : undefined

const plural = (text: string): string => (text === 'text' ? 'texts' : text)

function bounds(schema: JsonSchema): string {
  const { minimum, maximum, minLength } = schema
  const least = typeof minimum !== 'number' ? [] : [`≥ ${minimum}`]
  const most = typeof maximum !== 'number' ? [] : [`≤ ${maximum}`]
  const long = typeof minLength === 'number' && minLength > 1 ? [`≥ ${minLength} characters`] : []
  const all = [...least, ...most, ...long].join(', ')
  return all === '' ? '' : ` (${all})`
}
