/**
 * One collection's folder: its files into memory, when the store opens and when they are edited by
 * hand. A file that is broken or does not fit the model is told of and left alone; what was served
 * before of that item is served on.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DictValue, Value } from '../../expression/expr.ts'
import { compareText } from '../../expression/order.ts'
import type { StoredCollection, StoredItem } from '../connector.ts'
import type { CollectionStore } from '../memory/collection-store.ts'
import { frozenCopy, setOwn } from '../memory/frozen-copy.ts'
import { codeOf } from './disk.ts'
import { EXTENSION, idOf, nameOf } from './file-name.ts'
import {
  dictPaths,
  hashOf,
  lineOfFault,
  readItem,
  textOf,
  versionOf,
  writeNumberOf,
} from './item-text.ts'
import type { YamlFault } from './read-yaml.ts'
import type { Reports } from './reports.ts'

export interface FolderInput {
  readonly path: string
  readonly stored: StoredCollection
  readonly items: CollectionStore
  readonly reports: Reports
  /** did an older model have a field at this dotted path? What it holds is no fault, and is kept */
  readonly isFormer: (path: string) => boolean
  /** an item that has the unique values of another is met by a scan, as it is to be mended */
  readonly lenient: boolean
}

/** An item that was taken in from its file. */
export interface Taken {
  readonly outcome: 'created' | 'changed' | 'deleted'
  readonly collection: string
  readonly id: string
}

/** A readable item that does not fit the model, in the file of that name. */
interface Misfit {
  readonly name: string
  readonly id: string
  readonly version: string
  readonly doc: DictValue
  /** by scans */
  readonly met: boolean
}

/** What became of a file that was looked at. */
export type Intake = Taken | { readonly outcome: 'same' | 'refused' | 'absent' }

const SAME: Intake = { outcome: 'same' }
const ABSENT: Intake = { outcome: 'absent' }

const NOT_SERVED = 'not served until it is mended'
const LAST_GOOD = 'what it said before is still served'

/** With null for what is unset, as other stores have it: what the model has and nobody set is no new field. */
function withUnset(doc: DictValue, whole: DictValue): DictValue {
  const result: Record<string, Value> = { ...doc }
  for (const name of Object.keys(whole)) {
    const [now, shown] = [
      Object.hasOwn(doc, name) ? (doc[name] ?? null) : null,
      whole[name] ?? null,
    ]
    if (now === null) setOwn(result, name, null)
    else if (isDict(now) && isDict(shown)) setOwn(result, name, withUnset(now, shown))
  }
  return result
}

const isDict = (value: Value): value is DictValue =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export class CollectionFolder {
  readonly path: string
  readonly #stored: StoredCollection
  readonly #items: CollectionStore
  readonly #reports: Reports
  readonly #dicts: ReadonlySet<string>
  readonly #isFormer: FolderInput['isFormer']
  readonly #lenient: boolean
  /** readable items that do not fit the model, by id: for `scan` and a migration */
  readonly unfit = new Map<string, StoredItem>()
  /** names of files whose content is not what is served */
  readonly refused = new Set<string>()
  /** the highest number of a write seen in a file */
  lastWrite = 0
  /** files of items that did not fit the model until they were changed here: they may have been edited since */
  readonly #adopted = new Set<string>()

  constructor({ path, stored, items, reports, isFormer, lenient }: FolderInput) {
    this.#isFormer = isFormer
    this.#lenient = lenient
    this.path = path
    this.#stored = stored
    this.#items = items
    this.#reports = reports
    this.#dicts = dictPaths(stored)
  }

  fileOf(id: string): string {
    return join(this.path, nameOf(id) + EXTENSION)
  }

  /** `kept`: the doc holds more than the model knows, and all of it is written. */
  textOf(doc: DictValue, write: { readonly kept: boolean; readonly number: number }): string {
    return textOf(write.kept ? doc : this.#stored.complete(doc), this.#dicts, write.number)
  }

  /** Is there a file of this item whose content is not what is served? */
  refuses(id: string): boolean {
    return this.refused.size > 0 && this.refused.has(nameOf(id))
  }

  /** Was the file seen in a state that is not the one this store wrote? */
  suspects(name: string): boolean {
    return this.refused.has(name) || this.#adopted.has(name)
  }

  /** An item that does not fit the model is about to be changed. Gives what takes that back. */
  adopt(item: StoredItem): () => void {
    const name = nameOf(item._id)
    this.unfit.delete(item._id)
    this.refused.delete(name)
    this.#adopted.add(name)
    return () => {
      this.unfit.set(item._id, item)
      this.refused.add(name)
      this.#adopted.delete(name)
    }
  }

  /** Names of files that give no item, not even one that does not fit the model. */
  unreadable(): readonly string[] {
    const unfit = new Set([...this.unfit.keys()].map(nameOf))
    return [...this.refused].filter((name) => !unfit.has(name))
  }

  /** Every readable item after an id, in order, those that do not fit the model too. */
  itemsAfter(id: string | null, count: number): readonly StoredItem[] {
    const items = this.#items.itemsAfter(id, count)
    if (this.unfit.size === 0) return items
    const unfit = [...this.unfit.values()].filter(
      (item) => id === null || compareText(item._id, id) > 0,
    )
    return [...items, ...unfit].toSorted((a, b) => compareText(a._id, b._id)).slice(0, count)
  }

  /** Reads every file of the folder. */
  load(): void {
    const files = readdirSync(this.path)
    for (const file of files)
      if (file.endsWith('.yaml'))
        this.#reports.say({
          file: join(this.path, file),
          message: `the names of items end in ${EXTENSION}`,
          then: 'it is not read',
        })
    const names = files.filter((file) => file.endsWith(EXTENSION))
    const read = names.flatMap((file) => {
      const name = file.slice(0, -EXTENSION.length)
      return name === '' || name.startsWith('.') ? [] : [[idOf(name) ?? name, name] as const]
    })
    read.sort(([a], [b]) => compareText(a, b))
    for (const [, name] of read) this.take(name, NOT_SERVED)
  }

  /** Looks at a file (its name without extension), and takes in what it says now. */
  take(name: string, otherwise: string = LAST_GOOD): Intake {
    const text = this.#textOfFile(name)
    if (text === null) return this.#gone(name)
    const known = this.#items.get(idOf(name) ?? '')
    if (known !== undefined && known.version.endsWith(`.${hashOf(text)}`)) {
      this.refused.delete(name)
      return SAME
    }
    const read = readItem(text, name)
    if ('fault' in read)
      return this.#refuse(name, read.fault, known === undefined ? NOT_SERVED : otherwise)
    return this.#put(name, text, read)
  }

  #put(name: string, text: string, { id, doc }: { id: string; doc: DictValue }): Intake {
    const before = this.#items.get(id)
    const version = versionOf(text)
    if (before?.version === version) return SAME
    this.lastWrite = Math.max(this.lastWrite, writeNumberOf(text))
    const [fault] = this.#stored.misfits(doc, this.#isFormer)
    const line = fault === undefined ? undefined : lineOfFault(text, fault)
    if (fault !== undefined) {
      const told = { message: fault, ...(line !== undefined && { line }) }
      return this.#misfit({ name, id, version, doc, met: true }, told)
    }
    const whole = frozenCopy(this.#stored.complete(this.#stored.normalise?.(doc) ?? doc))
    const fields = this.#items.clash(id, whole)
    if (fields !== null) {
      const told = { message: `another item has the same ${fields.join(', ')}` }
      return this.#misfit({ name, id, version, doc, met: this.#lenient }, told)
    }
    this.unfit.delete(id)
    this.refused.delete(name)
    const plain = this.#stored.isPlain?.(doc) ?? true
    const kept = plain ? {} : { kept: frozenCopy(withUnset(doc, whole)) }
    this.#items.put(Object.freeze({ _id: id, version, doc: whole, ...kept }))
    return this.#taken(before === undefined ? 'created' : 'changed', id)
  }

  /** What does not fit and was not served before is met by a scan; who opens for that tells of it. */
  #misfit({ name, id, version, doc, met }: Misfit, fault: YamlFault): Intake {
    if (this.#items.get(id) !== undefined) return this.#refuse(name, fault, LAST_GOOD)
    if (met) this.unfit.set(id, Object.freeze({ _id: id, version, doc: frozenCopy(doc) }))
    if (!this.#lenient) return this.#refuse(name, fault, NOT_SERVED)
    this.refused.add(name)
    return { outcome: 'refused' }
  }

  #refuse(name: string, fault: YamlFault, then: string): Intake {
    this.refused.add(name)
    this.#reports.say({ ...fault, file: join(this.path, name + EXTENSION), then })
    return { outcome: 'refused' }
  }

  #gone(name: string): Intake {
    this.refused.delete(name)
    const id = idOf(name) ?? this.#idOfCutName(name)
    if (id === null) return ABSENT
    this.unfit.delete(id)
    if (this.#items.get(id) === undefined) return ABSENT
    this.#items.remove(id)
    return this.#taken('deleted', id)
  }

  #taken(outcome: Taken['outcome'], id: string): Taken {
    return { outcome, collection: this.#stored.name, id }
  }

  /** a name that was cut does not tell its id: one of the items has it */
  #idOfCutName(name: string): string | null {
    let found: string | null = null
    this.#items.order.walk(({ item }) => {
      if (item._id.length > 60 && nameOf(item._id) === name) found = item._id
      return found === null
    })
    return found
  }

  #textOfFile(name: string): string | null {
    try {
      return readFileSync(join(this.path, name + EXTENSION), 'utf8')
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'EISDIR') return null
      throw error
    }
  }
}
