/**
 * A collection as written -> CollectionConfig, with its defaults. Knows no field type.
 */
import type { ActionConfig, CollectionConfig, SelectionConfig } from './config.ts'
import { asYesNo, expressionText, hooksByEvent, normaliseFields } from './normalise-field.ts'
import { asFlag, asList, asMap, asNumber, asText, asTexts, mapValues, present } from './shape.ts'

export function normaliseCollection(value: unknown): CollectionConfig | undefined {
  const written = asMap(value)
  if (!written) return undefined
  return present({
    description: asText(written['description']),
    storage: asText(written['storage']) ?? 'default',
    source: asText(written['source']),
    renamed_from:
      written['renamed_from'] === undefined ? undefined : asTexts(written['renamed_from']),
    id: normaliseId(written['id']),
    fields: normaliseFields(written['fields']),
    can_read: asYesNo(written['can_read']),
    can_create: asYesNo(written['can_create']),
    can_modify: asYesNo(written['can_modify']),
    can_delete: asYesNo(written['can_delete']),
    on: hooksByEvent(written['on']),
    indexes: asList(written['indexes']).map(normaliseIndex),
    views: mapValues(written['views'], asTexts),
    actions: mapValues(written['actions'], normaliseAction),
    selections: mapValues(written['selections'], normaliseSelection),
    max_page: asNumber(written['max_page']) ?? 1000,
    history: asFlag(written['history']) ?? false,
    soft_delete: asFlag(written['soft_delete']) ?? false,
  }) as CollectionConfig
}

function normaliseId(value: unknown): CollectionConfig['id'] {
  const expr = asText(asMap(value)?.['expr'])
  if (expr !== undefined) return { expr }
  return value === 'objectid' ? 'objectid' : 'uuidv7'
}

function normaliseIndex(value: unknown): CollectionConfig['indexes'][number] {
  const { fields, unique } = asMap(value) ?? {}
  return { fields: asTexts(fields), unique: asFlag(unique) ?? false }
}

function normaliseAction(value: unknown): ActionConfig | undefined {
  const written = asMap(value)
  if (!written) return undefined
  return present({
    description: asText(written['description']),
    schema: normaliseFields(written['schema']),
    exists: asYesNo(written['exists'] ?? written['can_see']),
    can_execute: asYesNo(written['can_execute']),
    set: asMap(written['set']) && mapValues(written['set'], expressionText),
    hook: asText(written['hook']),
  }) as ActionConfig
}

function normaliseSelection(value: unknown): SelectionConfig | undefined {
  const written = asMap(value)
  if (!written) return undefined
  return present({
    description: asText(written['description']),
    selectors: asTexts(written['selectors']),
    filter: written['filter'],
    sort: asTexts(written['sort']),
    can_read: asYesNo(written['can_read']),
  }) as SelectionConfig
}
