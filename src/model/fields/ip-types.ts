/**
 * What `IpAddress` and `IpNetwork` share: option `version`.
 */
import type { CompiledOptions, JsonSchema } from './field-type.ts'
import { readOptions } from './options.ts'

export interface IpOptions {
  readonly version: 4 | 6 | null
}

export const IP_OPTIONS: Readonly<Record<string, JsonSchema>> = {
  version: { enum: [4, 6], description: 'IP version; both when not said' },
}

export function compileIpOptions(raw: Readonly<Record<string, unknown>>): CompiledOptions {
  const read = readOptions(raw)
  const { version } = raw
  const known = version === 4 || version === 6
  if (!known && version !== undefined && version !== null) {
    read.problem('version', 'version must be 4 or 6')
  }
  return read.done({ version: known ? version : null } satisfies IpOptions)
}

/** null: both. */
export const ipVersion = (field: { readonly options: object }): 4 | 6 | null =>
  (field.options as Partial<IpOptions>).version ?? null
