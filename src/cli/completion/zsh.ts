/** The script for zsh: to be sourced after compinit, or kept as `_backo` in the fpath. */
import type { CompletedCommand, CompletedOption, Kind } from './table.ts'

export const zshScript = (commands: readonly CompletedCommand[]): string => `\
#compdef backo
_backo_collections() {
  local file=\${words[(r)*.(yaml|yml)]}
  local -a names=(\${(f)"$(backo completion zsh --collections $file 2>/dev/null)"})
  compadd -a names
}
_backo() {
  local curcontext="$curcontext" state line
  local -a commands=(
${commands.map(({ name, description }) => `    ${quoted(`${name}:${description.replaceAll(':', '\\:')}`)}`).join('\n')}
  )
  _arguments -C '(- *)--help[what there is]' '(- *)--version[which it is]' '1: :->command' '*:: :->argument'
  case $state in
    command) _describe command commands ;;
    argument)
      case $line[1] in
        help) _describe command commands ;;
${commands.map(caseOf).join('\n')}
      esac ;;
  esac
}
if [[ $funcstack[1] == _backo ]]; then _backo "$@"; else compdef _backo backo; fi
`

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

function caseOf({ name, options, arguments: kinds }: CompletedCommand): string {
  const specs = options.flatMap(specsOf)
  // at whatever place: which may be left out differs by what is given
  const action = kinds.map(actionOf).filter((each) => each !== '')
  const rest =
    action.length === 0
      ? []
      : [quoted(`*: :${action.length === 1 ? action[0] : `{ ${action.join('; ')} }`}`)]
  return `        ${name}) _arguments ${[...specs, ...rest].join(' ')} ;;`
}

function specsOf({ short, long, description, value }: CompletedOption): readonly string[] {
  const words = description.replaceAll(/[[\]:]/g, (sign) => `\\${sign}`)
  const takes = value === null ? '' : `: :${actionOf(value)}`
  const names = short === null ? [`--${long}`] : [`-${short}`, `--${long}`]
  return names.map((each) => quoted(`*${each}[${words}]${takes}`))
}

function actionOf(value: Kind): string {
  switch (value.kind) {
    case 'choice':
      return `(${value.of.join(' ')})`
    case 'configuration':
      return '_files -g "*.(yaml|yml)"'
    case 'file':
      return '_files'
    case 'folder':
      return '_files -/'
    case 'collection':
      return '_backo_collections'
    case 'unknown':
      return ''
    default:
      return value satisfies never
  }
}
