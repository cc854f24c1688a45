/**
 * Ids of contents: `<source>/<uuid>`. The uuid (version 7) begins with the time, so that an id tells the age of
 * what is under it. Knows no store.
 */
import { v7 as uuidv7 } from 'uuid'

const FORM = /^([^/]{1,300})\/([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})$/

export const newFileId = (source: string): string => `${source}/${uuidv7()}`

export interface FileId {
  readonly source: string
  readonly uuid: string
}

/** null for what is no id of ours. */
export function parseFileId(id: string): FileId | null {
  const [, source, uuid] = FORM.exec(id) ?? []
  return source === undefined || uuid === undefined ? null : { source, uuid }
}

/** Milliseconds. */
export const timeOfUuid = (uuid: string): number =>
  Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16)

/** Ids of a source that were made before are between the two, in order of text. */
export const idsBefore = (source: string, time: number): { from: string; to: string } => {
  const hex = Math.max(0, Math.floor(time)).toString(16).padStart(12, '0')
  return { from: `${source}/`, to: `${source}/${hex.slice(0, 8)}-${hex.slice(8)}` }
}
