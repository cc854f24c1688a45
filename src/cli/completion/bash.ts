/** The script for bash; works without the package bash-completion. */
import type { CompletedCommand, CompletedOption, Kind } from './table.ts'

export const bashScript = (commands: readonly CompletedCommand[]): string => `\
# backo completion bash
_backo_files() { # those that end so, and folders
  local IFS=$'\\n'
  COMPREPLY+=($(compgen -d -- "$cur") $(compgen -f -X "!*@($1)" -- "$cur"))
  compopt -o filenames 2>/dev/null
}
_backo_collections() {
  local file= word
  for word in "\${COMP_WORDS[@]:2}"; do
    case $word in *.yaml | *.yml) [[ $word != "$cur" ]] && file=$word && break ;; esac
  done
  COMPREPLY+=($(compgen -W "$(backo completion bash --collections $file 2>/dev/null)" -- "$cur"))
}
_backo() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command= i
  COMPREPLY=()
  # --format=sarif comes as three words
  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ \${COMP_WORDS[i]} != -* ]]; then command=\${COMP_WORDS[i]}; break; fi
  done
  local extglob=$(shopt -p extglob)
  shopt -s extglob
  case $command in
    '') COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')} help --help --version' -- "$cur")) ;;
    help) COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')}' -- "$cur")) ;;
${commands.map(caseOf).join('\n')}
  esac
  $extglob
}
complete -F _backo backo
`

function caseOf({ name, options, arguments: kinds }: CompletedCommand): string {
  const flags = options.flatMap(({ short, long }) => [...(short ? [`-${short}`] : []), `--${long}`])
  return [
    `    ${name})`,
    '      case $prev in',
    ...options.flatMap(valueOf),
    '        *)',
    `          if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W '${flags.join(' ')}' -- "$cur")); else`,
    ...(kinds.length === 0
      ? ['            :']
      : kinds.map((kind) => `            ${wordsOf(kind)}`)),
    '          fi ;;',
    '      esac ;;',
  ].join('\n')
}

function valueOf({ short, long, value }: CompletedOption): readonly string[] {
  if (value === null) return []
  return [`        ${short ? `-${short} | ` : ''}--${long}) ${wordsOf(value)} ;;`]
}

function wordsOf(value: Kind): string {
  switch (value.kind) {
    case 'choice':
      return `COMPREPLY+=($(compgen -W '${value.of.join(' ')}' -- "$cur"))`
    case 'configuration':
      return "_backo_files '*.yaml|*.yml'"
    case 'file':
      return "_backo_files '*'"
    case 'folder':
      return "_backo_files ''"
    case 'collection':
      return '_backo_collections'
    case 'unknown':
      return ':'
    default:
      return value satisfies never
  }
}
