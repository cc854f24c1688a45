/** The table of commands as shells need it: names, options, and of what kind their values are. Knows no shell. */
import type { Command, Option } from 'commander'

export interface CompletedCommand {
  readonly name: string
  readonly description: string
  readonly options: readonly CompletedOption[]
  /** kinds of its arguments, at whatever place */
  readonly arguments: readonly Kind[]
}

export interface CompletedOption {
  /** `p`, without the dash */
  readonly short: string | null
  /** `port`, without the dashes */
  readonly long: string
  readonly description: string
  /** null: it takes none */
  readonly value: Kind | null
}

export type Kind =
  | { readonly kind: 'configuration' | 'file' | 'folder' | 'collection' | 'unknown' }
  | { readonly kind: 'choice'; readonly of: readonly string[] }

/** By what a value is called in the table. */
const KINDS: Readonly<Record<string, Exclude<Kind['kind'], 'choice'>>> = {
  dir: 'folder',
  folder: 'folder',
  file: 'file',
  'file#name': 'file',
  data: 'file',
  collection: 'collection',
}

const HELP: CompletedOption = {
  short: 'h',
  long: 'help',
  description: 'what it does, and its options',
  value: null,
}

export const commandsOf = (program: Command): readonly CompletedCommand[] =>
  program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: [...command.options.filter(({ hidden }) => !hidden).map(optionOf), HELP],
    arguments: command.registeredArguments.map((argument): Kind => {
      if (argument.argChoices) return { kind: 'choice', of: argument.argChoices }
      const name = argument.name()
      return { kind: name === 'file' ? 'configuration' : kindOf(name) }
    }),
  }))

function optionOf(option: Option): CompletedOption {
  const { short, long, description, argChoices, flags } = option
  const [, name] = /[<[]([^>\]]+)[>\]]/.exec(flags) ?? []
  const value: Kind | null =
    name === undefined
      ? null
      : argChoices
        ? { kind: 'choice', of: argChoices }
        : { kind: kindOf(name) }
  return {
    short: short?.slice(1) ?? null,
    long: (long ?? '').slice(2),
    description,
    value,
  }
}

const kindOf = (name: string): Exclude<Kind['kind'], 'choice'> =>
  Object.hasOwn(KINDS, name) ? (KINDS[name] ?? 'unknown') : 'unknown'
