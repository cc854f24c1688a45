/**
 * JSON Schema (draft 07) of backo.yaml, for editors, for validation and for docs, built from the rows of the field
 * types. Says what config.md says; knows no collection.
 */
import { fieldDefinitions } from './schema-field.ts'
import { collectionDefinitions } from './schema-collection.ts'
import { list, map, NAME, object, oneOrList, ref, text } from './schema-parts.ts'
import type { JsonSchema, TypeRow } from './schema-parts.ts'
import { testDefinitions } from './schema-tests.ts'
import { serverDefinitions } from './schema-server.ts'
import { webhooks } from './schema-webhook.ts'

export type { JsonSchema, TypeRow } from './schema-parts.ts'

/** The whole schema of backo.yaml, version 1. */
export function configSchema(types: readonly TypeRow[]): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'backo.yaml',
    description:
      'A back office: its collections, rights, actions and selections. Format version 1.',
    ...object(topLevel(types.map(({ name }) => name)), {
      required: ['backo', 'name', 'collections'],
    }),
    definitions: {
      ...serverDefinitions(),
      ...collectionDefinitions(),
      ...fieldDefinitions(types),
      ...testDefinitions(),
    },
  }
}

function topLevel(typeNames: readonly string[]): Record<string, JsonSchema> {
  return {
    $schema: text('Where this schema is, for editors'),
    backo: { type: 'integer', const: 1, description: 'Version of the format' },
    name: text('The <app> of every URL', {
      title: 'name',
      pattern: NAME,
      examples: ['media_library'],
    }),
    description: text('What this application is, shown in _meta and in the documentation'),
    server: ref('server', 'How the server listens, and its limits'),
    storage: map(ref('storage'), {
      title: 'storage',
      pattern: NAME,
      names: 'a storage',
      description:
        'Connectors by name; `default` serves every collection that names none. Without it, sqlite at ./<name>.db',
      default: { default: { type: 'sqlite' } },
    }),
    hooks: oneOrList(text('A TypeScript or JavaScript module', { minLength: 1 }), {
      description: 'Modules whose exports are the hooks; paths are relative to this file',
      examples: ['./hooks.ts'],
    }),
    include: oneOrList(text('A path or a pattern of `*`, `**` and `?`', { minLength: 1 }), {
      description: 'Other files with `collections:` and `types:` to merge; relative to this file',
      examples: [['./collections/*.yaml']],
    }),
    auth: ref('auth', 'Who the user of a request is'),
    current_user: object(
      { fields: ref('fields', 'Fields that current_user has besides _id, login and roles') },
      { description: 'Extends current_user' },
    ),
    types: map(ref('field'), {
      title: 'types',
      pattern: NAME,
      names: 'a type',
      reserved: typeNames,
      description: 'Named types, usable wherever a type is',
    }),
    default_rights: {
      ...ref(
        'right',
        'What can_read, can_create, can_modify and can_delete are where a collection says nothing',
      ),
      default: true,
    },
    collections: map(ref('collection'), {
      title: 'collections',
      pattern: NAME,
      names: 'a collection',
      minProperties: 1,
      description: 'The collections by name; the name is in the URL',
    }),
    webhooks: webhooks(),
    tests: list(ref('test'), {
      description: 'Who may do what, as examples: `backo test` runs them',
    }),
  }
}
