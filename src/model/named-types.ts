/**
 * From the `type` a field was written with to the row of the table of types, through the `types` of the file.
 * Knows no collection.
 */
import type { Config, ConfigPath, FieldConfig } from '../config/config.ts'
import type { FieldType } from './fields/field-type.ts'
import { FIELD_TYPES } from './fields/index.ts'
import { didYouMean } from '../expression/hint.ts'
import type { Report } from './report.ts'

export interface ResolvedType {
  readonly type: FieldType
  /** options of the use over those of the named type */
  readonly config: FieldConfig
  readonly at: (option: string) => ConfigPath
  /** the named types passed through, so that one which contains itself is found */
  readonly names: readonly string[]
}

export interface TypeUse {
  readonly config: FieldConfig
  readonly path: ConfigPath
  /** the named types that this use stands in */
  readonly within: readonly string[]
}

/** The row and the options of a type; null with a finding when there is none. */
export function resolveType(
  use: TypeUse,
  types: Config['types'],
  report: Report,
): ResolvedType | null {
  const own = (option: string): ConfigPath => [...use.path, option]
  const name = use.config.type
  const row = FIELD_TYPES.get(name)
  if (row) return { type: row, config: use.config, at: own, names: use.within }
  const named = Object.hasOwn(types, name) ? types[name] : undefined
  if (!named) {
    report.error('BACKO_CONFIG_UNKNOWN_TYPE', own('type'), `unknown type ${name}`, {
      hint: didYouMean(name, [...FIELD_TYPES.keys(), ...Object.keys(types)]),
    })
    return null
  }
  if (use.within.includes(name)) {
    const chain = [...use.within.slice(use.within.indexOf(name)), name].join(' > ')
    report.error(
      'BACKO_CONFIG_TYPE_CYCLE',
      ['types', name],
      `a named type can't contain itself: ${chain}`,
      {
        at: 'key',
        hint: 'keep the inner ones as items of a collection and refer to them with a Ref',
      },
    )
    return null
  }
  const within = [...use.within, name]
  const base = resolveType({ config: named, path: ['types', name], within }, types, report)
  if (!base) return null
  return {
    type: base.type,
    config: { ...base.config, ...use.config, type: base.config.type },
    at: (option) =>
      option !== 'type' && Object.hasOwn(use.config, option) ? own(option) : base.at(option),
    names: within,
  }
}
