/** Values of fields as text for people, by type. Text alone: what is shown is never HTML. */
import { humanName, type FieldMeta } from '../wire/meta.ts'
import { isDict } from './path.ts'

const LONGEST = 120

/** One line; empty for what is not set. */
export function textOf(value: unknown, field?: Pick<FieldMeta, 'type_short'>): string {
  if (value === null || value === undefined) return ''
  switch (field?.type_short ?? '') {
    case 'Datetime':
      return typeof value === 'string' ? localTime(value) : plainText(value)
    case 'Bytes':
      return typeof value === 'string' ? `${byteLength(value)} bytes` : ''
    case 'File':
      if (value instanceof File) return cut(value.name)
      return isDict(value) ? cut(plainText(value['filename'] ?? 'a file')) : ''
    case 'Complex':
      return isDict(value) ? `${plainText(value['real'])} + ${plainText(value['imag'])}i` : ''
    default:
      return plainText(value)
  }
}

function plainText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  if (Array.isArray(value)) return cut(value.map(plainText).join(', '))
  if (typeof value === 'number') return String(value)
  if (isDict(value)) {
    const parts = Object.entries(value).map(([key, each]) => [humanName(key), plainText(each)])
    return cut(parts.flatMap(([key, text]) => (text === '' ? [] : `${key}: ${text}`)).join(', '))
  }
  return cut(typeof value === 'string' ? value : JSON.stringify(value))
}

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)

/** In the zone and words of the one who looks. */
export function localTime(iso: string): string {
  const date = new Date(iso)
  return Number.isNaN(date.getTime())
    ? iso
    : date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
}

/** How many bytes a base64 text stands for. */
export const byteLength = (base64: string): number =>
  Math.floor((base64.length * 3) / 4) - (base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0)

export const sizeText = (bytes: number): string =>
  bytes < 1024
    ? `${bytes} bytes`
    : bytes < 1024 * 1024
      ? `${(bytes / 1024).toFixed(1)} KiB`
      : `${(bytes / 1024 / 1024).toFixed(1)} MiB`

/** What a `datetime-local` input holds for a time: its own zone, no offset. */
export function toLocalInput(iso: unknown): string {
  const date = typeof iso === 'string' ? new Date(iso) : null
  if (date === null || Number.isNaN(date.getTime())) return ''
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString()
  return shifted.slice(0, date.getSeconds() === 0 ? 16 : 19)
}

/** The time in UTC; the text itself where it is none, for the server to refuse. */
export function fromLocalInput(text: string): string | null {
  if (text === '') return null
  const date = new Date(text)
  return Number.isNaN(date.getTime()) ? text : date.toISOString()
}
