/** The tables of the program as tables of the reference: types, operators, functions, commands, routes, errors, findings. */
import type { Argument, Command, Option } from 'commander'
import { buildProgram } from '../../../src/cli/main.ts'
import { FINDING_RULES } from '../../../src/config/finding-rules.ts'
import type { JsonSchema } from '../../../src/config/schema-parts.ts'
import { ERRORS } from '../../../src/errors.ts'
import { CEL_NAMES, celSignatures } from '../../../src/expression/cel-functions.ts'
import { OPERATOR_FACTS, type OperandKind } from '../../../src/expression/operator-facts.ts'
import { BOOL, INT, listOf, STRING } from '../../../src/expression/expr.ts'
import { ROUTES, type Route } from '../../../src/http/routes.ts'
import { FIELD_TYPES } from '../../../src/model/fields/index.ts'
import { fakeTerminal } from '../../cli/fake-terminal.ts'
import { keyTable, type Definitions } from './keys.ts'
import { code, table, written } from './table.ts'

/** A type and its own options; those of every type are told once. */
export function fieldTypes(definitions: Definitions): string {
  const isCommon = (key: string): boolean => Object.hasOwn(definitions, `option_${key}`)
  return [...FIELD_TYPES.values()]
    .map(({ name, description }) => {
      const properties = (definitions[name]?.['properties'] ?? {}) as Record<string, JsonSchema>
      const own = Object.entries(properties).filter(([key]) => key !== 'type' && !isCommon(key))
      const head = `#### ${name}\n\n${description}.`
      if (own.length === 0) return head
      return `${head}\n\n${keyTable({ properties: Object.fromEntries(own) }, definitions)}`
    })
    .join('\n\n')
}

/** Options of every type. */
export function commonOptions(definitions: Definitions): string {
  const options = Object.entries(definitions)
    .filter(([name]) => name.startsWith('option_'))
    .map(([name, schema]): [string, JsonSchema] => [name.slice('option_'.length), schema])
  return keyTable({ properties: Object.fromEntries(options) }, definitions)
}

const OPERANDS: Readonly<Record<OperandKind, string>> = {
  value: 'a value',
  values: 'a list of values; commas or repeated keys in a query',
  pattern: 'a pattern',
  count: 'a number',
  flag: 'true or false',
}

const EXAMPLES: Readonly<Record<OperandKind, string>> = {
  value: '18',
  values: 'a,b',
  pattern: '[Jj]o',
  count: '2',
  flag: 'true',
}

const SAMPLES = { bools: BOOL, numbers: INT, texts: STRING, lists: listOf(INT) } as const

const LOGIC = [
  ['$and', 'all of them hold', 'a list of filters', '{ "$and": [{ "a": 1 }, { "b": 2 }] }'],
  ['$or', 'one of them holds', 'a list of filters', '{ "$or": [{ "a": 1 }, { "b": 2 }] }'],
  ['$not', 'it does not hold', 'a filter', '{ "$not": { "a": 1 } }'],
] as const

export function operators(): string {
  const rows = OPERATOR_FACTS.map(({ name, means, operand, fits }) => {
    const kinds = Object.entries(SAMPLES).filter(([, type]) => fits(type))
    const on = kinds.length === 4 ? 'everything' : kinds.map(([word]) => word).join(', ')
    return [code(name), means, OPERANDS[operand], on, code(`field.${name}=${EXAMPLES[operand]}`)]
  })
  const logic = LOGIC.map(([name, means, operand, example]) => [
    code(name),
    means,
    operand,
    'bodies only',
    code(example),
  ])
  return table(
    ['operator', 'true when the value is', 'takes', 'on', 'example'],
    [...rows, ...logic],
  )
}

export function functions(): string {
  const told = celSignatures()
  const names = new Set(told.map((text) => /([\w.]+)\(/.exec(text)?.[1]?.split('.').at(-1)))
  const special = CEL_NAMES.filter((name) => !names.has(name) && !name.includes('.'))
  return `${told.map(code).join(' · ')}\n\nAnd ${special.map(code).join(', ')}.`
}

export function commands(): string {
  const program = buildProgram(fakeTerminal().terminal, () => undefined)
  return program.commands.map(commandText).join('\n\n')
}

function commandText(command: Command): string {
  const usage = `backo ${command.name()} ${command.usage()}`
  const rows = [
    ...command.registeredArguments.map(argumentRow),
    ...command.options.filter(({ hidden }) => !hidden).map(optionRow),
  ]
  const head = `### backo ${command.name()}\n\n${sentence(command.description())}\n\n\`${usage}\``
  return rows.length === 0 ? head : `${head}\n\n${table(['', 'default', 'what'], rows)}`
}

const argumentRow = (argument: Argument): readonly string[] => [
  code(argument.required ? `<${argument.name()}>` : `[${argument.name()}]`),
  shown(argument.defaultValue),
  withChoices(argument.description, argument.argChoices),
]

const optionRow = (option: Option): readonly string[] => [
  code(option.flags),
  option.negate ? '' : shown(option.defaultValueDescription ?? option.defaultValue),
  withChoices(option.description, option.argChoices),
]

const shown = (value: unknown): string => {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return ''
  return code(written(value))
}

const withChoices = (text: string, choices: readonly string[] | undefined): string =>
  choices === undefined ? text : `${text}: ${choices.map(code).join(', ')}`

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

/** What any route may answer is told once. */
export const routes = (): string =>
  table(
    ['route', 'what', 'body', 'answers', 'else'],
    ROUTES.map((route) => [
      code(`${route.method} ${shownPath(route.path)}`),
      `${route.description}${served(route)}`,
      BODIES[route.body] + (route.form === true ? ', or a form' : ''),
      String(route.status),
      route.errors.join(', '),
    ]),
  )

const BODIES: Readonly<Record<Route['body'], string>> = {
  none: '',
  json: 'JSON',
  patch: 'JSON, a patch',
  optional: 'JSON, if any',
}

const NAMES: Readonly<Record<string, string>> = { id: '_id', '*': 'path' }

const shownPath = (path: string): string =>
  path.replaceAll(/:(\w+)|\*/g, (all, name?: string) => `<${NAMES[name ?? all] ?? name ?? all}>`)

function served({ needs, scope }: Route): string {
  if (needs !== undefined) return ` (\`server.${needs}\`)`
  return scope === 'login' ? ' (`auth.login`)' : ''
}

export const errors = (): string =>
  table(
    ['code', 'status', 'title'],
    Object.entries(ERRORS).map(([name, { status, title }]) => [code(name), String(status), title]),
  )

export const findings = (): string =>
  table(
    ['code', 'what is wrong', '`x-lint-ignore`'],
    Object.entries(FINDING_RULES).map(([name, { says, lint }]) => [
      code(name),
      says,
      lint === true ? code(name.replace('BACKO_CONFIG_', '')) : '',
    ]),
  )
