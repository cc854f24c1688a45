/**
 * Lists of findings: in order, each once, and as JSON. Knows no wording and no format of files.
 */
import type { ConfigPath, ConfigSource, Finding } from './config.ts'
import { pointerOf } from './node.ts'

/** Each finding once, with its place, in order of file (the main one first), line and column. */
export function sortFindings(
  findings: readonly Finding[],
  source: ConfigSource,
): readonly Finding[] {
  const once = new Map<string, Finding>()
  const faulty = faultyKeys(findings)
  for (const finding of findings) {
    if (isFollowUp(finding, faulty)) continue
    const located = finding.location
      ? finding
      : { ...finding, location: source.locate(finding.path) }
    const { file, line, column } = located.location ?? {}
    const key = JSON.stringify([finding.code, finding.message, file, line, column])
    if (!once.has(key)) once.set(key, located)
  }
  const files = new Map([...source.texts.keys()].map((name, index) => [name, index]))
  const order = ({ location }: Finding): readonly number[] => [
    files.get(location?.file ?? '') ?? files.size,
    location?.line ?? 0,
    location?.column ?? 0,
  ]
  return [...once.values()].sort((left, right) => compare(order(left), order(right)))
}

type FaultyKeys = ReadonlyMap<string, ReadonlySet<string>>

/** For each place the keys below it that something is wrong with. */
function faultyKeys(findings: readonly Finding[]): FaultyKeys {
  const keys = new Map<string, Set<string>>()
  for (const { severity, path } of findings) {
    if (severity !== 'error') continue
    for (const [depth, key] of path.entries()) {
      const parent = pointerOf(path.slice(0, depth))
      keys.set(parent, (keys.get(parent) ?? new Set()).add(String(key)))
    }
  }
  return keys
}

/** What is faulty is left out of the configuration, and then missed: that is only said of what was never there. */
function isFollowUp({ code, path, message }: Finding, faulty: FaultyKeys): boolean {
  if (code !== 'BACKO_CONFIG_MISSING') return false
  const keys = faulty.get(pointerOf(path))
  const [, named] = /[`"](.+?)[`"]/.exec(message) ?? []
  return named !== undefined && keys?.has(named) === true
}

function compare(left: readonly number[], right: readonly number[]): number {
  for (const [index, value] of left.entries()) {
    const difference = value - (right[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** `collections.users.fields.addr.coll`, `indexes[0].fields`, `set["$.borrow.date"]`. */
export function pathText(path: ConfigPath): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`
      if (!/^[\w$!-]+$/.test(part)) return `[${JSON.stringify(part)}]`
      return index === 0 ? part : `.${part}`
    })
    .join('')
}

export interface FindingsJson {
  readonly findings: readonly {
    readonly severity: Finding['severity']
    readonly code: string
    readonly file: string | null
    readonly line: number | null
    readonly column: number | null
    readonly path: string
    readonly message: string
    readonly hint: string | null
  }[]
}

/** What `backo validate --json` prints. */
export function findingsToJson(findings: readonly Finding[]): FindingsJson {
  return {
    findings: findings.map(({ severity, code, location, path, message, hint }) => ({
      severity,
      code,
      file: location?.file ?? null,
      line: location?.line ?? null,
      column: location?.column ?? null,
      path: pathText(path),
      message,
      hint: hint ?? null,
    })),
  }
}

/** "2 errors, 1 warning in 2 files", "no findings". */
export function countText(findings: readonly Finding[]): string {
  const files = new Set(findings.map(({ location }) => location?.file)).size
  const count = (severity: Finding['severity']): string | undefined => {
    const { length } = findings.filter((finding) => finding.severity === severity)
    return length === 0 ? undefined : `${length} ${severity}${length === 1 ? '' : 's'}`
  }
  const counts = [count('error'), count('warning')].filter((part) => part !== undefined).join(', ')
  if (counts === '') return 'no findings'
  return files > 1 ? `${counts} in ${files} files` : counts
}
