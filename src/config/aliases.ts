/**
 * Keys that may be written in more than one way, by the name that the program uses.
 */

/** Of a field's options. */
export const FIELD_ALIASES: Readonly<Record<string, readonly string[]>> = {
  min: ['minimum'],
  max: ['maximum'],
  enum: ['in', 'union'],
  patterns: ['pattern', 'regexp'],
  constraints: ['constraint'],
}

/** Of an action's keys. */
export const ACTION_ALIASES: Readonly<Record<string, readonly string[]>> = { exists: ['can_see'] }

/** All ways to write a key. */
export function spellingsOf(key: string): readonly string[] {
  const field = Object.hasOwn(FIELD_ALIASES, key) ? FIELD_ALIASES[key] : undefined
  const action = Object.hasOwn(ACTION_ALIASES, key) ? ACTION_ALIASES[key] : undefined
  return [key, ...(field ?? []), ...(action ?? [])]
}
