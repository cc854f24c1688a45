/** Support of the model's tests: YAML texts to models and findings, the way that the program goes. */
import type { Finding } from '../../src/config/config.ts'
import { pathText } from '../../src/config/findings.ts'
import { loadConfigText } from '../../src/config/load-config.ts'
import type { Backoffice, Collection, Field } from '../../src/model/backoffice.ts'
import { compileModel } from '../../src/model/compile.ts'

export type Hooks = ReadonlyMap<string, unknown>

const HEAD =
  'backo: 1\nname: app\nstorage: { default: { type: memory }, other: { type: memory } }\n'

/** What the model has to say of a text; the text must be fine to the format. */
export async function findingsOf(
  text: string,
  hooks: Hooks | null = null,
): Promise<readonly Finding[]> {
  const loaded = await loadConfigText(HEAD + text)
  if (!loaded.config || loaded.findings.length > 0) {
    throw new Error(`not a good configuration: ${JSON.stringify(loaded.findings, null, 1)}`)
  }
  return compileModel({ ...loaded, config: loaded.config }, hooks).findings
}

/** `error CODE path: message (hint)`: all that matters of a finding. */
export function line({ severity, code, path, message, hint }: Finding): string {
  return `${severity} ${code.replace('BACKO_CONFIG_', '')} ${pathText(path)}: ${message}${hint ? ` (${hint})` : ''}`
}

export async function modelOf(text: string, hooks: Hooks | null = null): Promise<Backoffice> {
  const loaded = await loadConfigText(HEAD + text)
  if (!loaded.config) throw new Error('no configuration')
  const { backoffice, findings } = compileModel({ ...loaded, config: loaded.config }, hooks)
  if (!backoffice || loaded.findings.length > 0) {
    throw new Error([...loaded.findings, ...findings].map(line).join('\n'))
  }
  return backoffice
}

export function collectionOf(model: Backoffice, name: string): Collection {
  const collection = model.collections.get(name)
  if (!collection) throw new Error(`no collection ${name}`)
  return collection
}

export function fieldOf(model: Backoffice, collection: string, path: string): Field {
  const field = collectionOf(model, collection).fieldAt.get(path)
  if (!field) throw new Error(`no field ${path}`)
  return field
}
