/**
 * Which items share a value that may be there once, among all that a run has met: told in its end. What was noted
 * waits in files, parted by its value, so that memory grows with one part and not with the items.
 */
import { createHash } from 'node:crypto'
import { appendFileSync, createReadStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Outcome } from './report.ts'

export interface Noted {
  readonly _id: string
  /** as errors name it */
  readonly path: string
  readonly key: string
  /** it had another value before */
  readonly came: boolean
  /** what has been told of the item; `elsewhere`: the run does not meet it */
  readonly was: Outcome['kind'] | 'elsewhere'
}

export interface UniqueWatch {
  readonly note: (item: Noted) => void
  /**
   * Items that clash, as unfit. Who had a value before the others keeps it, if it is one; of those that came to it
   * at the same time, the first.
   */
  readonly clashes: () => AsyncGenerator<readonly Outcome[]>
  /** lets go of the files */
  readonly end: () => void
}

const PARTS = 64
/** characters of a part that wait in memory */
const WAITING = 64 * 1024
/** outcomes at a time */
const BATCH = 500

export function createUniqueWatch(): UniqueWatch {
  const parts = Array.from({ length: PARTS }, () => ({ lines: [] as string[], size: 0 }))
  let folder: string | undefined
  const written = new Set<number>()
  const fileOf = (part: number): string =>
    join((folder ??= mkdtempSync(join(tmpdir(), 'backo-unique-'))), String(part))
  async function* linesOf(part: number): AsyncGenerator<Noted> {
    if (written.has(part)) {
      const input = createReadStream(fileOf(part), 'utf8')
      for await (const line of createInterface({ input })) yield JSON.parse(line) as Noted
    }
    for (const line of parts[part]?.lines ?? []) yield JSON.parse(line) as Noted
  }
  return {
    note: (item) => {
      const number = partOf(item)
      const part = parts[number]
      if (part === undefined) return
      const line = JSON.stringify(item)
      part.lines.push(line)
      part.size += line.length
      if (part.size < WAITING) return
      appendFileSync(fileOf(number), `${part.lines.join('\n')}\n`, { mode: 0o600 })
      written.add(number)
      parts[number] = { lines: [], size: 0 }
    },
    async *clashes() {
      let batch: Outcome[] = []
      for (const part of parts.keys()) {
        for await (const outcome of clashesIn(() => linesOf(part))) {
          batch.push(outcome)
          if (batch.length < BATCH) continue
          yield batch
          batch = []
        }
      }
      if (batch.length > 0) yield batch
    },
    end: () => {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}

const partOf = ({ path, key }: Noted): number =>
  (createHash('sha1').update(`${path} ${key}`).digest()[0] ?? 0) % PARTS

interface Group {
  stay: number
  come: number
  first: string
}

/** Gone through twice: only the values are in memory, not who has them. */
async function* clashesIn(lines: () => AsyncGenerator<Noted>): AsyncGenerator<Outcome> {
  const groups = new Map<string, Group>()
  for await (const { _id, path, key, came } of lines()) {
    const name = `${path} ${key}`
    const group = groups.get(name)
    if (group === undefined)
      groups.set(name, { stay: came ? 0 : 1, come: came ? 1 : 0, first: _id })
    else if (came) group.come++
    else group.stay++
  }
  for (const [name, { stay, come }] of groups) if (stay + come < 2) groups.delete(name)
  if (groups.size === 0) return
  for await (const { _id, path, key, came, was } of lines()) {
    const group = groups.get(`${path} ${key}`)
    if (group === undefined || was === 'elsewhere' || keepsIt(group, _id, came)) continue
    const [value, ...more] = JSON.parse(key) as unknown[]
    const error = { path, message: TAKEN, value: more.length === 0 ? value : [value, ...more] }
    yield { kind: 'unfit', _id, errors: [error], was }
  }
}

export const TAKEN = 'Already taken'

const keepsIt = ({ stay, first }: Group, _id: string, came: boolean): boolean =>
  came ? stay === 0 && _id === first : stay === 1
