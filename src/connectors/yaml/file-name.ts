/**
 * Ids to file names and back: readable where they can be, and never out of their folder.
 * A-Z a-z 0-9 _ - + = @ , and inner dots and spaces stand for themselves; every other byte (UTF-8) is
 * `%xx`. A leading dot, names that Windows keeps for devices, and the empty id are escaped as well;
 * a name that would be too long is cut and ends in a hash (`%~`): then only the file tells its id.
 */
import { createHash } from 'node:crypto'

/** bytes; with `.yml` and room for a suffix it stays under 255 */
const LONGEST = 200
const CUT = 150

export const EXTENSION = '.yml'

const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9]|conin\$|conout\$)(?:\.|$)/i
const PLAIN = /^[A-Za-z0-9_+=@,-][A-Za-z0-9_+=@,.-]*$/
const UNSAFE = /[^A-Za-z0-9_+=@,. -]|^[. ]| $/gu

const ESCAPES = /%u([0-9a-f]{4})|((?:%[0-9a-f]{2})+)/g

/** The file name of an id, without extension. */
export function nameOf(id: string): string {
  if (id === '') return '%'
  const escaped = PLAIN.test(id) ? id : id.replace(UNSAFE, escapeCharacter)
  const name = DEVICE.test(escaped)
    ? escapeCharacter(escaped.slice(0, 1)) + escaped.slice(1)
    : escaped
  if (name.length <= LONGEST) return name
  const hash = createHash('sha256').update(id, 'utf16le').digest('hex').slice(0, 40)
  return `${name.slice(0, CUT).replace(/%[0-9a-z]?$/, '')}%~${hash}`
}

/** The id of a file name without extension; null when it is not the name of any, or a cut one. */
export function idOf(name: string): string | null {
  if (name === '%') return ''
  try {
    const id = name.replace(ESCAPES, (_, unit?: string, run?: string) =>
      unit === undefined ? decodeURIComponent(run ?? '') : String.fromCharCode(parseInt(unit, 16)),
    )
    return nameOf(id) === name ? id : null
  } catch {
    return null
  }
}

function escapeCharacter(character: string): string {
  const unit = character.charCodeAt(0)
  // half of a surrogate pair has no UTF-8
  if (character.length === 1 && unit >= 0xd800 && unit <= 0xdfff) return `%u${unit.toString(16)}`
  let escaped = ''
  for (const byte of Buffer.from(character, 'utf8'))
    escaped += `%${byte.toString(16).padStart(2, '0')}`
  return escaped
}
