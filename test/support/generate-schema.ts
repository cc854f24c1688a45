/**
 * Makes schemas/backo.schema.json of the format and the rows of the field types.
 * `node dist/test/support/generate-schema.js` writes it; a test compares.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { configSchema } from '../../src/config/schema.ts'
import { FIELD_TYPES } from '../../src/model/fields/index.ts'

export const SCHEMA_FILE = fileURLToPath(
  new URL('../../../schemas/backo.schema.json', import.meta.url),
)

/** As it shall be written: formatted, so that the check of formatting holds. */
export async function schemaText(): Promise<string> {
  const text = JSON.stringify(configSchema([...FIELD_TYPES.values()]))
  return format(text, { ...(await resolveConfig(SCHEMA_FILE)), filepath: SCHEMA_FILE })
}

export function writtenSchemaText(): string {
  return readFileSync(SCHEMA_FILE, 'utf8')
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(SCHEMA_FILE, await schemaText())
