/**
 * What a row of the table of field types is. One type, one file, one row in index.ts: JSON Schema of
 * backo.yaml, OpenAPI, `_meta`, lint and docs all read the row.
 */
import type { Type, Value } from '../../expression/expr.ts'
import type { Field } from '../backoffice.ts'

export type JsonSchema = { readonly [key: string]: unknown }

/** Either the value as it is kept, or the message why it is refused. */
export type Parsed = { readonly value: Value } | { readonly error: string }

export interface OptionProblem {
  /** the option at fault, as written: `min`, `patterns` */
  readonly option: string
  readonly message: string
  readonly hint?: string
}

export interface CompiledOptions {
  readonly options: Readonly<Record<string, unknown>>
  /** empty when the options can be used */
  readonly problems: readonly OptionProblem[]
}

export interface FieldType {
  /** as written in backo.yaml and given as `type_short` */
  readonly name: string
  readonly description: string
  /** the type's own options: JSON Schema by option name, each with a description */
  readonly options: Readonly<Record<string, JsonSchema>>
  /** values are never shown: not in messages, not in logs, not in filters (Password) */
  readonly secret?: true
  /** raw options as written (aliases replaced) to those the row reads, frozen; absent: kept as written */
  readonly compile?: (options: Readonly<Record<string, unknown>>) => CompiledOptions
  /** what expressions see of a value */
  readonly valueType: (field: TypeInput) => Type
  /** JSON (or a Date, Uint8Array from hooks) to the value kept. Never given null. Not for Dict, List, Tuple: the walk in values.ts does those. */
  readonly parse: (field: Field, raw: unknown) => Parsed
  /** the text of a query string to the value compared with */
  readonly fromText: (field: Field, text: string) => Parsed
  /** the type's rules (min, pattern, ...) on a kept value: messages of those that it breaks */
  readonly check: (field: Field, value: Value) => readonly string[]
  /** JSON Schema of a value on the wire, for OpenAPI */
  readonly schema: (field: Field, use: SchemaUse) => JsonSchema
  /** keys that `_meta` shows for this type (`regexp`, `min`, `max`, ...) */
  readonly meta: (field: Field) => Readonly<Record<string, unknown>>
}

/** What a schema is for. Rows hand it on to the fields within. */
export interface SchemaUse {
  /** an answer, the body of a POST, or that of a PUT, where nothing must come */
  readonly purpose: 'read' | 'create' | 'update'
  /** fields that are left out are not told of */
  readonly shows: (field: Field) => boolean
  /** in an answer: is it always there? What must come in a POST is for the field to say */
  readonly isThere: (field: Field) => boolean
  /** may a reader find null though the field is required? A reference to what that one may not read */
  readonly mayMiss: (field: Field) => boolean
  /** what `_expand` may put in place of an `_id` of this collection; null: nothing */
  readonly item: (collection: string) => JsonSchema | null
}

/** What a type's row may look at while the field is still being compiled. */
export interface TypeInput {
  readonly options: Readonly<Record<string, unknown>>
  readonly fields?: ReadonlyMap<string, Field>
  readonly items?: readonly Field[]
  readonly types?: readonly Field[]
  readonly target?: string
}
