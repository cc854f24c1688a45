/** What is said about a field before anything is typed: its description, and the rules that can be told in words. */
import type { FieldMeta } from '../wire/meta.ts'

export const aboutOf = (meta: FieldMeta): string =>
  [meta.description ?? '', upperFirst(rulesOf(meta).join(', '))]
    .filter((text) => text !== '')
    .join(' · ')

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const LISTS: ReadonlySet<string> = new Set(['List', 'RefsList'])

function rulesOf({ type_short, min, max, min_length, max_length, regexp }: FieldMeta): string[] {
  const what = LISTS.has(type_short) ? ' of them' : ''
  const length = (text: string, most: number | null | undefined): string[] =>
    typeof most === 'number'
      ? [`${text} ${most} ${type_short === 'Bytes' ? 'bytes' : 'characters'}`]
      : []
  return [
    ...(isBound(min) ? [`at least ${min}${what}`] : []),
    ...(isBound(max) ? [`at most ${max}${what}`] : []),
    ...length('at least', min_length),
    ...length('at most', max_length),
    ...(regexp ?? []).map((pattern) => `like ${pattern}`),
  ]
}

const isBound = (value: unknown): value is number | string =>
  typeof value === 'number' || typeof value === 'string'
