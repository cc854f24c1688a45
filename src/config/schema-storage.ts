/** The part of the schema about stores: a row a type. Knows no collection. */
import { object, text, type JsonSchema } from './schema-parts.ts'

const STORAGE_TYPES = {
  sqlite: 'Embedded, one file',
  yaml: 'One readable YAML file an item; hand edits are picked up',
  mongodb: 'A replica set or a sharded cluster; for more than one machine',
  memory: 'Nothing kept; for tests and demos',
} as const

/** By `type`, with if and then: an editor offers the keys of the type, and an error is about that type. */
export function storage(): JsonSchema {
  const names = Object.keys(STORAGE_TYPES)
  return {
    type: 'object',
    required: ['type'],
    properties: {
      type: {
        type: 'string',
        enum: names,
        enumDescriptions: Object.values(STORAGE_TYPES),
        description: 'What keeps the items',
      },
    },
    allOf: names.map((name) => ({
      if: { type: 'object', properties: { type: { const: name } }, required: ['type'] },
      then: { $ref: `#/definitions/storage_${name}` },
    })),
  }
}

export function storageTypes(): Record<string, JsonSchema> {
  const of = (
    name: keyof typeof STORAGE_TYPES,
    properties: Readonly<Record<string, JsonSchema>>,
    required: readonly string[] = [],
  ): Record<string, JsonSchema> => ({
    [`storage_${name}`]: object(
      { type: true, ...properties },
      { title: name, description: STORAGE_TYPES[name], $comment: 'storage type', required },
    ),
  })
  return {
    ...of('sqlite', {
      path: text('The database file, relative to this file, or :memory:', {
        minLength: 1,
        examples: ['./data/media_library.db', ':memory:'],
      }),
      durability: {
        type: 'string',
        enum: ['full', 'normal'],
        default: 'full',
        description:
          'full: what was answered is on the disk; normal: the last moments may be lost with the power',
      },
    }),
    ...of(
      'yaml',
      {
        path: text('The folder, relative to this file: <path>/<collection>/<_id>.yml', {
          minLength: 1,
        }),
      },
      ['path'],
    ),
    ...of(
      'mongodb',
      {
        url: text('Connection string', {
          title: 'mongodb url',
          pattern: '^mongodb(\\+srv)?://',
          examples: ['mongodb://localhost:27017/app'],
        }),
        database: text('Name of the database; else the one in the url', { minLength: 1 }),
        options: { type: 'object', description: 'Options of the driver' },
      },
      ['url'],
    ),
    ...of('memory', {}),
  }
}
