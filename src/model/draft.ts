/**
 * Fields while they are being compiled: still open, each with the place it was written at.
 * Structure comes first, then relations, then expressions, as each needs the one before of the whole model.
 */
import type { CollectionConfig, ConfigPath, FieldConfig } from '../config/config.ts'
import type { Field, Relation, RelationSide } from './backoffice.ts'

export type Draft<T> = { -readonly [K in keyof T]: T[K] }

export type FieldDraft = Draft<Field>
export type RelationDraft = Draft<Relation>
export type SideDraft = Draft<RelationSide>

/** Where a field comes from. */
export interface Origin {
  readonly field: FieldDraft
  /** options as written, those of named types put in */
  readonly config: FieldConfig
  /** of the field itself */
  readonly path: ConfigPath
  /** of an option: in the field, or in the named type that gives it */
  readonly at: (option: string) => ConfigPath
  /** the Dict, List, Tuple or In it stands in; null for the item itself */
  readonly parent: FieldDraft | null
}

/** A Dict compiled from a table of fields: an item, an action's arguments, current_user. */
export interface DictDraft {
  readonly field: FieldDraft
  /** every field within, at any depth, parents first */
  readonly origins: readonly Origin[]
}

export interface CollectionDraft extends DictDraft {
  readonly name: string
  readonly config: CollectionConfig
  readonly path: ConfigPath
  /** fields with a place of their own, by dotted path */
  readonly fieldAt: ReadonlyMap<string, FieldDraft>
}
