/**
 * The Dicts that the program itself shapes: an item (`_id`, the fields, `_meta`) and current_user.
 */
import type { ConfigPath, FieldConfig } from '../config/config.ts'
import { buildDict, type FieldBuilder } from './build-field.ts'
import type { DictDraft } from './draft.ts'
import { dictType } from './fields/dict.ts'
import { ITEM_TYPE } from './fields/index.ts'

type Fields = Readonly<Record<string, FieldConfig>>

const STRING: FieldConfig = Object.freeze({ type: 'String' })
const DATETIME: FieldConfig = Object.freeze({ type: 'Datetime' })
const PERSON: FieldConfig = Object.freeze({ type: 'Dict', fields: { _id: STRING, login: STRING } })

/** http.md "Item". */
const META: FieldConfig = Object.freeze({
  type: 'Dict',
  description: 'Who made and who last changed the item, and when',
  fields: { ctime: DATETIME, mtime: DATETIME, created_by: PERSON, modified_by: PERSON },
})

const USER: Fields = Object.freeze({
  _id: STRING,
  login: STRING,
  roles: { type: 'List', items: STRING },
})

/** What current_user has without the file. */
export const USER_FIELDS: readonly string[] = Object.keys(USER)

/** Is it a field that the program adds: `_id`, or `_meta` and what is in it? */
export const isOwnField = ({ path }: { readonly path: string }): boolean =>
  path === '_id' || path === '_meta' || path.startsWith('_meta.')

export function buildItem(
  builder: FieldBuilder,
  name: string,
  source: { readonly fields: Fields; readonly path: ConfigPath },
): DictDraft {
  const fields = { _id: STRING, ...source.fields, _meta: META }
  return buildDict(builder, ITEM_TYPE, { name, fields, path: source.path })
}

export function buildCurrentUser(builder: FieldBuilder, fields: Fields): DictDraft {
  const path = ['current_user', 'fields']
  return buildDict(builder, dictType, {
    name: 'current_user',
    fields: { ...USER, ...fields },
    path,
  })
}

/** The arguments of an action. */
export function buildArguments(
  builder: FieldBuilder,
  name: string,
  source: { readonly fields: Fields; readonly path: ConfigPath },
): DictDraft {
  return buildDict(builder, dictType, { name, ...source })
}
