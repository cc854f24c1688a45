/** Schemas that every application has. Knows http.md; no collection. */
import type { JsonSchema } from '../../model/fields/field-type.ts'

const text: JsonSchema = { type: 'string' }
const textOrNull: JsonSchema = { type: ['string', 'null'] }
const dict: JsonSchema = { type: 'object', additionalProperties: true }
const rights = (...names: readonly string[]): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(
    names.map((name) => [name, { $ref: '#/components/schemas/Right' }]),
  ),
})
const listOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items })

/** A version of an item, in `_history`. */
export const versionSchema = (item: JsonSchema): JsonSchema => ({
  type: 'object',
  properties: {
    version: { type: 'integer' },
    event: text,
    at: { type: 'string', format: 'date-time' },
    by: { type: 'object', properties: { _id: textOrNull, login: textOrNull } },
    item: { anyOf: [item, { type: 'null' }] },
  },
  required: ['version', 'event', 'at', 'by', 'item'],
})

const PROBLEM: JsonSchema = {
  type: 'object',
  description: 'RFC 9457',
  properties: {
    type: { type: 'string', examples: ['urn:backo:error:BACKO_REQUEST_INVALID'] },
    title: text,
    status: { type: 'integer' },
    detail: { type: 'string', examples: ['$.name: Must be a string (value="23")'] },
    code: text,
    errors: listOf({
      type: 'object',
      properties: {
        path: { type: 'string', description: 'A selector: `$.name`; the key of a query' },
        message: text,
        value: { description: 'As it came; absent for secrets' },
      },
      required: ['path', 'message'],
    }),
    hint: text,
    request_id: { type: 'string', description: 'With 500: what the log has it under' },
    operation: { type: 'integer', description: 'Of a batch: the index of the one that failed' },
  },
  required: ['type', 'title', 'status', 'detail', 'errors'],
}

const PATCH_OPERATION: JsonSchema = {
  type: 'object',
  description: 'RFC 6902; paths are selectors (`$.lines[0].price`) or JSON Pointers',
  properties: {
    op: { enum: ['test', 'add', 'replace', 'remove', 'move', 'copy'] },
    path: { type: 'string', examples: ['$.name', '/name'] },
    from: { type: 'string', description: 'Of move and copy' },
    value: { description: 'Of test, add and replace' },
  },
  required: ['op', 'path'],
}

const BATCH_OPERATION: JsonSchema = {
  type: 'object',
  properties: {
    method: { enum: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] },
    path: { type: 'string', description: 'Whole; `$ref:0` is the `_id` that operation 0 makes' },
    body: { description: '`"$ref:0"` as a whole text is the `_id` that operation 0 makes' },
    content_type: text,
    if_match: text,
    headers: { type: 'object', additionalProperties: text },
  },
  required: ['method', 'path'],
  additionalProperties: false,
}

const BATCH_RESULT: JsonSchema = {
  type: 'object',
  properties: { status: { type: 'integer' }, body: {}, etag: text },
  required: ['status', 'body'],
}

const META: JsonSchema = {
  type: 'object',
  description: 'A collection',
  properties: {
    name: text,
    description: textOrNull,
    item: dict,
    rights: rights('read', 'create', 'modify', 'delete'),
    actions: listOf({
      type: 'object',
      properties: {
        name: text,
        description: textOrNull,
        schema: dict,
        rights: rights('see', 'execute'),
      },
    }),
    selections: listOf({
      type: 'object',
      properties: {
        name: text,
        description: textOrNull,
        selectors: listOf(text),
        filter: { type: ['array', 'null'], items: text },
        rights: rights('read'),
      },
    }),
    views: listOf(text),
  },
  required: ['name', 'item', 'rights', 'actions', 'selections', 'views'],
}

/** By name. No collection's schemas can have one of these: theirs have a dot. */
export const SHARED_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Problem: PROBLEM,
  PatchOperation: PATCH_OPERATION,
  Patch: {
    anyOf: [
      { $ref: '#/components/schemas/PatchOperation' },
      listOf({ $ref: '#/components/schemas/PatchOperation' }),
    ],
  },
  Batch: {
    type: 'object',
    properties: {
      operations: { ...listOf({ $ref: '#/components/schemas/BatchOperation' }), maxItems: 1000 },
    },
    required: ['operations'],
    additionalProperties: false,
  },
  BatchOperation: BATCH_OPERATION,
  BatchResults: {
    type: 'object',
    properties: { results: listOf(BATCH_RESULT) },
    required: ['results'],
  },
  Right: {
    description: 'Worked out: true or false. As said: null (nothing), true, false, "func"',
    anyOf: [{ type: ['boolean', 'null'] }, { const: 'func' }],
  },
  Meta: META,
  ApplicationMeta: {
    type: 'object',
    properties: {
      name: text,
      description: textOrNull,
      collections: listOf({ $ref: '#/components/schemas/Meta' }),
    },
    required: ['name', 'collections'],
  },
  Check: {
    type: 'object',
    properties: {
      item: { type: ['object', 'null'], description: 'Part of an item, or all of it' },
      path: { type: 'string', description: 'A selector', examples: ['$.surname'] },
    },
    required: ['path'],
  },
  CheckResult: {
    type: 'object',
    properties: { error: textOrNull },
    required: ['error'],
    examples: [{ error: '$.surname: Must be a string (value="32")' }, { error: null }],
  },
  Login: {
    type: 'object',
    properties: { login: text, password: { type: 'string', format: 'password' } },
    required: ['login', 'password'],
    additionalProperties: false,
  },
}
