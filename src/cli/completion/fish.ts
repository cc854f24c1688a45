/** The script for fish. */
import type { CompletedCommand, CompletedOption, Kind } from './table.ts'

export const fishScript = (commands: readonly CompletedCommand[]): string => `\
# backo completion fish
function __backo_collections
    set -l file (string match -r '\\S+\\.ya?ml' -- (commandline -opc))
    backo completion fish --collections $file[1] 2>/dev/null
end
complete -c backo -f
complete -c backo -n __fish_use_subcommand -l help -d 'what there is'
complete -c backo -n __fish_use_subcommand -l version -d 'which it is'
${commands.flatMap(linesOf).join('\n')}
`

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

function linesOf({
  name,
  description,
  options,
  arguments: kinds,
}: CompletedCommand): readonly string[] {
  const inside = `complete -c backo -n ${quoted(`__fish_seen_subcommand_from ${name}`)}`
  return [
    `complete -c backo -n __fish_use_subcommand -a ${name} -d ${quoted(description)}`,
    ...options.map((option) => `${inside} ${flagsOf(option)}`),
    ...kinds.map((kind) => `${inside} ${valuesOf(kind)}`.trimEnd()),
  ]
}

function flagsOf({ short, long, description, value }: CompletedOption): string {
  const names = `${short === null ? '' : `-s ${short} `}-l ${long} -d ${quoted(description)}`
  if (value === null) return names
  // x: nothing but what is named; r: files too
  return `${names} ${value.kind === 'file' ? '-r' : '-x'} ${valuesOf(value)}`.trimEnd()
}

function valuesOf(value: Kind): string {
  switch (value.kind) {
    case 'choice':
      return `-a ${quoted(value.of.join(' '))}`
    case 'configuration':
      return `-a '(__fish_complete_suffix .yaml; __fish_complete_suffix .yml)'`
    case 'file':
      return '-F'
    case 'folder':
      return `-a '(__fish_complete_directories)'`
    case 'collection':
      return `-a '(__backo_collections)'`
    case 'unknown':
      return ''
    default:
      return value satisfies never
  }
}
