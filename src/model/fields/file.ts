/**
 * Type `File`: a name, a media type and a content. In: `{filename, content_type, content}` with base64, or what
 * operations made of a part of a form; out: `{filename, content_type, size, sha256}`. Where contents are kept is
 * for operations to say.
 */
import { INT, STRING, type Member, type Value } from '../../expression/expr.ts'
import { parseBase64 } from './bytes.ts'
import type { FieldType, Parsed } from './field-type.ts'
import { fileWith, isFileValue, newContentOf, sha256Of } from './file-content.ts'
import { safeFileName } from './file-name.ts'
import { readOptions } from './options.ts'
import { isDict, isText, kept, NOTHING_WRONG, orNull, refused } from './parsed.ts'

interface FileOptions {
  /** bytes */
  readonly max_size: number | null
  /** lower case: `image/png`, `image/*` */
  readonly content_types: readonly string[] | null
}

/** Bytes that a file may have where its field says nothing. */
const USUAL_MAX_SIZE = 16 * 2 ** 20

const NOT_A_FILE = refused('Must be a file')
const MEDIA_TYPE = /^[\w.+-]+\/(?:[\w.+-]+|\*)$/
/** size and hash are worked out anew: those that come with a value kept are passed over */
const KEYS: ReadonlySet<string> = new Set(['filename', 'content_type', 'content', 'size', 'sha256'])
const MEMBERS: ReadonlyMap<string, Member> = new Map([
  ['filename', { type: STRING }],
  ['content_type', { type: STRING }],
  ['size', { type: INT }],
  ['sha256', { type: STRING }],
])

const optionsOf = (field: { readonly options: object }): Partial<FileOptions> => field.options

export const isMediaType = (text: string): boolean => MEDIA_TYPE.test(text) && !text.endsWith('*')

function parseFile(raw: unknown): Parsed {
  if (isFileValue(raw) && newContentOf(raw) !== undefined) return kept(raw)
  if (!isDict(raw) || !Object.keys(raw).every((key) => KEYS.has(key))) return NOT_A_FILE
  const { filename, content_type } = raw
  const content = parseBase64(raw['content'])
  if ('error' in content || typeof content.value !== 'string') return NOT_A_FILE
  if (!isText(filename) || filename === '' || typeof content_type !== 'string') return NOT_A_FILE
  if (!isMediaType(content_type)) return NOT_A_FILE
  const bytes = Buffer.from(content.value, 'base64')
  const file = {
    filename: safeFileName(filename),
    content_type: content_type.toLowerCase(),
    size: bytes.length,
    sha256: sha256Of(bytes),
  }
  return kept(fileWith(file, { kind: 'bytes', bytes }))
}

/** What is said, else what is usual. */
export const maxSizeOf = (field: { readonly options: object }): number =>
  optionsOf(field).max_size ?? USUAL_MAX_SIZE

export const tooLarge = (max: number): string => `Must have a size <= ${max}`

/** The message for a media type that the field does not take. */
export function wrongType(field: { readonly options: object }, type: string): string | null {
  const { content_types } = optionsOf(field)
  if (content_types === undefined || content_types === null) return null
  const family = `${type.slice(0, type.indexOf('/'))}/*`
  if (content_types.includes(type) || content_types.includes(family)) return null
  return `Must have one of the types: ${content_types.join(', ')}`
}

function fileBroken(field: { readonly options: object }, value: Value): string | null {
  if (!isDict(value)) return null
  const { size, content_type } = value
  const { max_size } = optionsOf(field)
  if (typeof max_size === 'number' && typeof size === 'number' && size > max_size)
    return tooLarge(max_size)
  return wrongType(field, typeof content_type === 'string' ? content_type : '')
}

/** Sent back as it was read a file stays as it is. */
const NEEDED = { read: ['size', 'sha256'], create: ['content'], update: [] } as const

export const fileType: FieldType = Object.freeze<FieldType>({
  name: 'File',
  description: 'A file: name, media type and content',
  options: {
    max_size: {
      oneOf: [
        { type: 'integer', minimum: 0 },
        { type: 'string', pattern: '^[0-9]+(KiB|MiB|GiB)?$' },
      ],
      description: 'Most bytes: a number, or 10KiB, 1MiB; default 16MiB',
    },
    content_types: {
      type: 'array',
      items: { type: 'string' },
      minItems: 1,
      description: 'Media types allowed: image/png, image/*',
    },
  },
  compile: (raw) => {
    const read = readOptions({ ...raw, max_size: bytesOf(raw['max_size']) })
    const { content_types: types } = raw
    const known = Array.isArray(types) ? types.map((type) => String(type).toLowerCase()) : null
    for (const type of known ?? []) {
      if (!MEDIA_TYPE.test(type)) read.problem('content_types', `not a media type: ${type}`)
    }
    return read.done({
      max_size: read.length('max_size'),
      content_types: known === null ? null : Object.freeze(known),
    } satisfies FileOptions)
  },
  valueType: () => Object.freeze({ kind: 'dict', name: 'File', fields: () => MEMBERS }),
  parse: (_field, raw) => parseFile(raw),
  fromText: orNull(() => NOT_A_FILE),
  check: (field, value) => {
    const broken = fileBroken(field, value)
    return broken === null ? NOTHING_WRONG : [broken]
  },
  schema: (_field, { purpose }) => ({
    type: 'object',
    properties: {
      filename: { type: 'string', ...(purpose === 'read' ? {} : { minLength: 1 }) },
      content_type: { type: 'string', examples: ['image/png'] },
      ...(purpose === 'read' ? {} : { content: { type: 'string', contentEncoding: 'base64' } }),
      size: { type: 'integer', description: 'Bytes', readOnly: true },
      sha256: { type: 'string', description: 'Of the content, in hex', readOnly: true },
    },
    required: ['filename', 'content_type', ...NEEDED[purpose]],
    ...(purpose === 'read' ? {} : { additionalProperties: false }),
  }),
  meta: (field) => ({
    max_size: optionsOf(field).max_size ?? null,
    content_types: optionsOf(field).content_types ?? null,
  }),
})

const UNITS: ReadonlyMap<string, number> = new Map([
  ['KiB', 2 ** 10],
  ['MiB', 2 ** 20],
  ['GiB', 2 ** 30],
])

/** `10KiB` as a number of bytes; what is no size is left as it is, to be told. */
function bytesOf(size: unknown): unknown {
  const match = typeof size === 'string' ? /^(\d+)(KiB|MiB|GiB)?$/.exec(size) : null
  return match === null ? size : Number(match[1]) * (UNITS.get(match[2] ?? '') ?? 1)
}
