/**
 * FieldConfig -> Field, structure only: its type, its own options and what it contains.
 * Expressions, rights and relations are filled in later, when every field of the model is known.
 */
import type { Config, ConfigPath, FieldConfig } from '../config/config.ts'
import { withArticle } from './article.ts'
import type { DictDraft, FieldDraft, Origin } from './draft.ts'
import { typeOptions } from './field-options.ts'
import type { FieldType } from './fields/field-type.ts'
import { FREE_DICT } from './fields/index.ts'
import { resolveType, type ResolvedType } from './named-types.ts'
import type { Report } from './report.ts'
import { pendingRight } from './rights.ts'
import { typeOfField, type ShapeSource } from './shapes.ts'

const NO_MARKS = Object.freeze({ out: new Set<string>(), only: new Set<string>() })
const RESERVED = new Set(['__proto__', 'constructor', 'prototype'])
const MAX_DEPTH = 32
/** of one item: named types in named types could multiply without end */
const MAX_FIELDS = 5000

export interface FieldBuilder {
  readonly types: Config['types']
  readonly shapes: ShapeSource
  readonly report: Report
}

interface Place {
  readonly name: string
  readonly dotted: string
  readonly inList: boolean
  readonly path: ConfigPath
  readonly parent: FieldDraft | null
  readonly within: readonly string[]
  readonly depth: number
}

type Sink = Origin[]

/** A table of fields: its name in messages, and where it stands in the file. */
export interface DictSource {
  readonly name: string
  readonly description?: string | undefined
  readonly fields: Readonly<Record<string, FieldConfig>>
  readonly path: ConfigPath
}

/** Compiles a table of fields to the Dict that holds them; `Item` for the root of a collection. */
export function buildDict(builder: FieldBuilder, type: FieldType, source: DictSource): DictDraft {
  const origins: Sink = []
  const { name, fields, path } = source
  const config: FieldConfig = {
    type: type.name,
    fields,
    ...(source.description ? { description: source.description } : {}),
  }
  const at = (option: string): ConfigPath => (option === 'fields' ? path : path.slice(0, -1))
  const place = { name, dotted: '', inList: false, path, parent: null, within: [], depth: 0 }
  const field = compileField(builder, { type, config, at, names: [] }, place, origins)
  return { field, origins: Object.freeze(origins) }
}

/** Compiles one named type by itself, for its findings: one that is not used is checked too. */
export function checkNamedType(builder: FieldBuilder, name: string): void {
  const config = { type: name }
  const place = { name, dotted: name, inList: false, parent: null, within: [], depth: 0 }
  buildField(builder, config, { ...place, path: ['types', name] }, [])
}

function buildField(
  builder: FieldBuilder,
  config: FieldConfig,
  place: Place,
  sink: Sink,
): FieldDraft {
  const use = { config, path: place.path, within: place.within }
  const resolved = resolveType(use, builder.types, builder.report) ?? {
    // takes the place of a type that is not there, so that what names the field has no findings of its own
    type: FREE_DICT,
    config: { type: FREE_DICT.name },
    at: (option: string) => [...place.path, option],
    names: place.within,
  }
  return compileField(builder, resolved, place, sink)
}

function compileField(
  builder: FieldBuilder,
  resolved: ResolvedType,
  place: Place,
  sink: Sink,
): FieldDraft {
  const field = emptyField(resolved, place)
  const { at, config } = resolved
  sink.push({ field, config, path: place.path, at, parent: place.parent })
  addContent({ builder, resolved, place, field, sink })
  field.options = typeOptions(resolved, builder.report)
  field.valueType = typeOfField(field, config.coll ?? null, builder.shapes)
  return field
}

function emptyField({ type, config }: ResolvedType, place: Place): FieldDraft {
  return {
    name: place.name,
    path: place.dotted,
    inList: place.inList,
    type,
    valueType: { kind: 'dyn' },
    description: config.description ?? null,
    example: config.example ?? null,
    required: config.required ?? false,
    default: null,
    enum: null,
    transform: null,
    constraints: [],
    set: null,
    exists: pendingRight(config.exists),
    canRead: pendingRight(config.can_read),
    canModify: pendingRight(config.can_modify),
    onchange: null,
    on: new Map(),
    views: NO_MARKS,
    formerNames: Object.freeze([...(config.renamed_from ?? [])]),
    index: config.index ?? false,
    unique: config.unique ?? false,
    options: {},
    stored: true,
  }
}

interface Content {
  readonly builder: FieldBuilder
  readonly resolved: ResolvedType
  readonly place: Place
  readonly field: FieldDraft
  readonly sink: Sink
}

function addContent(content: Content): void {
  const { builder, resolved, place, field } = content
  const { config, at } = resolved
  if (place.depth > MAX_DEPTH || content.sink.length > MAX_FIELDS) {
    builder.report.error(
      'BACKO_CONFIG_TOO_MANY',
      place.path,
      `an item has at most ${MAX_FIELDS} fields, nested at most ${MAX_DEPTH} deep`,
    )
    return
  }
  const missing = (option: string, hint: string): void =>
    builder.report.error(
      'BACKO_CONFIG_MISSING',
      place.path,
      `${withArticle(resolved.type.name)} needs \`${option}\``,
      { hint },
    )
  switch (resolved.type.name) {
    case 'Dict':
    case 'Item':
      if (!config.fields) missing('fields', 'for an object with any keys take FreeDict')
      field.fields = dictContent(content, config.fields ?? {})
      return
    case 'List': {
      const items = Array.isArray(config.items) ? config.items[0] : config.items
      if (!items || (Array.isArray(config.items) && config.items.length !== 1)) {
        missing(
          'items',
          'say what it is a list of: `items: String`; for places of several types take Tuple',
        )
      }
      field.items = items ? elements(content, [items], () => at('items')) : []
      return
    }
    case 'Tuple': {
      const items: readonly FieldConfig[] = Array.isArray(config.items) ? config.items : []
      if (items.length === 0) missing('items', 'one type for each place: `items: [Int, String]`')
      field.items = elements(content, items, (i) => [...at('items'), i])
      return
    }
    case 'In': {
      const types = config.types ?? []
      if (types.length === 0) missing('types', 'say which types it may be: `types: [Int, String]`')
      field.types = elements(content, types, (i) => [...at('types'), i])
      return
    }
    default:
  }
}

function dictContent(
  content: Content,
  configs: Readonly<Record<string, FieldConfig>>,
): Map<string, FieldDraft> {
  const { builder, resolved, place, field, sink } = content
  const fields = new Map<string, FieldDraft>()
  for (const [name, config] of Object.entries(configs)) {
    const path = [...resolved.at('fields'), name]
    if (RESERVED.has(name)) {
      builder.report.error('BACKO_CONFIG_RESERVED_NAME', path, `a field can't be named ${name}`, {
        at: 'key',
      })
      continue
    }
    const dotted = place.dotted === '' ? name : `${place.dotted}.${name}`
    const { inList, depth } = place
    const inner = {
      name,
      dotted,
      inList,
      path,
      parent: field,
      within: resolved.names,
      depth: depth + 1,
    }
    fields.set(name, buildField(builder, config, inner, sink))
  }
  return fields
}

/** Elements have the path of what holds them: `lines.price` for every line. */
function elements(
  { builder, resolved, place, field, sink }: Content,
  configs: readonly FieldConfig[],
  pathOf: (i: number) => ConfigPath,
): FieldDraft[] {
  return configs.map((config, i) => {
    const depth = place.depth + 1
    const inner = {
      ...place,
      inList: true,
      path: pathOf(i),
      parent: field,
      within: resolved.names,
      depth,
    }
    return buildField(builder, config, inner, sink)
  })
}
