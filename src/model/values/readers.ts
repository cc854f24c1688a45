/**
 * Field -> Reader, compiled once: how the values of a field are read from an input. Lists, Tuples and
 * Ins are here; Dicts in dict-reader.ts; the rest is one call of the type's row.
 */
import type { Value } from '../../expression/expr.ts'
import type { Field } from '../backoffice.ts'
import { isFileValue } from '../fields/file-content.ts'
import { isDict } from '../fields/parsed.ts'
import { noneOfTypes } from '../fields/in.ts'
import { isPasswordHash } from '../fields/password.ts'
import { sameValue } from '../fields/same-value.ts'
import { wrongLength } from '../fields/tuple.ts'
import { dictReader } from './dict-reader.ts'
import { holdsSecret } from './field-facts.ts'
import { fail, type Reader, type Walk } from './walk.ts'

const readers = new WeakMap<Field, Reader>()

/** The reader of a field taken by itself: an item, an action's arguments, a computed value. */
export function readerOf(field: Field): Reader {
  let reader = readers.get(field)
  if (reader === undefined) readers.set(field, (reader = makeReader(field, '')))
  return reader
}

/** `suffix` is what the field adds to the path of what holds it: `.name`, or nothing. */
export function makeReader(field: Field, suffix: string): Reader {
  if (field.fields !== undefined) return dictReader(field, suffix, makeReader)
  if (field.types !== undefined) return inReader(field, suffix)
  if (field.items === undefined) return leafReader(field, suffix)
  return field.type.name === 'Tuple' ? tupleReader(field, suffix) : listReader(field, suffix)
}

/** Values inside lists have no place of their own: the list as a whole is what is given. */
export const noteGiven = (field: Field): ((walk: Walk) => void) =>
  field.inList ? () => undefined : (walk) => void walk.given.add(field.path)

function clearer(field: Field): Reader['clear'] {
  const note = noteGiven(field)
  const many = field.side?.many === true
  return (walk) => {
    note(walk)
    return many ? [] : null
  }
}

function leafReader(field: Field, suffix: string): Reader {
  const { type } = field
  const note = noteGiven(field)
  const secret = type.secret === true
  const file = type.name === 'File'
  return {
    read: (walk, raw, base, prefix) => {
      // a hash that comes back from a hook is not a new password
      if (secret && raw === base && isPasswordHash(raw)) return base
      note(walk)
      const again = file ? fileAgain(walk, raw) : undefined
      if (again !== undefined) return again
      if (secret && typeof raw === 'string' && walk.hashes.has(raw)) return raw
      const parsed = type.parse(field, raw)
      if (!('error' in parsed)) return parsed.value
      const told = file ? withoutContent(raw) : raw
      return fail(walk, { path: prefix + suffix, message: parsed.error, raw: told, secret })
    },
    clear: clearer(field),
  }
}

/** What the item shows of a file, sent back as it is. */
function fileAgain({ files }: Walk, raw: unknown): Value | undefined {
  if (files === null || !isFileValue(raw)) return undefined
  return files === 'any' ? raw : files.get(raw.sha256)?.find((known) => sameValue(known, raw))
}

/** A message is no place for megabytes. */
const withoutContent = (raw: unknown): unknown =>
  isDict(raw) && 'content' in raw ? { ...raw, content: '…' } : raw

function listReader(field: Field, suffix: string): Reader {
  const element = field.items?.[0]
  const reader = element === undefined ? undefined : makeReader(element, '')
  const note = noteGiven(field)
  const secret = holdsSecret(field)
  return {
    read: (walk, raw, _base, prefix) => {
      note(walk)
      const path = prefix + suffix
      if (!Array.isArray(raw) || reader === undefined || element === undefined) {
        return fail(walk, { path, message: 'Must be a list', raw, secret })
      }
      return readElements({ walk, path }, raw, () => ({ field: element, reader }))
    },
    clear: clearer(field),
  }
}

function tupleReader(field: Field, suffix: string): Reader {
  const places = (field.items ?? []).map((item) => ({ field: item, reader: makeReader(item, '') }))
  const note = noteGiven(field)
  const secret = holdsSecret(field)
  return {
    read: (walk, raw, _base, prefix) => {
      note(walk)
      const path = prefix + suffix
      if (!Array.isArray(raw)) return fail(walk, { path, message: 'Must be a list', raw, secret })
      if (raw.length !== places.length) {
        return fail(walk, { path, message: wrongLength(field), raw, secret })
      }
      return readElements({ walk, path }, raw, (at) => places[at])
    },
    clear: clearer(field),
  }
}

interface Place {
  readonly field: Field
  readonly reader: Reader
}

/** Every element is read, so that every failing one is told; then the list is whole, or refused. */
function readElements(
  { walk, path }: { readonly walk: Walk; readonly path: string },
  raw: readonly unknown[],
  placeAt: (at: number) => Place | undefined,
): Value | undefined {
  const failures = walk.failures
  const values: Value[] = []
  for (let at = 0; at < raw.length; at++) {
    const place = placeAt(at)
    const prefix = `${path}[${at}]`
    // an array of a program may have holes; JSON has none
    const value = place?.reader.read(walk, raw[at] ?? null, undefined, prefix)
    if (place === undefined || value === undefined) continue
    values.push(value)
    const { field, reader } = place
    const rule = field.transform
    if (rule === null) continue
    walk.pending.push({
      field,
      rule,
      reader,
      holder: values as unknown as Record<number, Value>,
      key: at,
      prefix,
    })
  }
  return walk.failures === failures ? values : undefined
}

function inReader(field: Field, suffix: string): Reader {
  const readers = (field.types ?? []).map((type) => makeReader(type, suffix))
  const note = noteGiven(field)
  const secret = holdsSecret(field)
  return {
    read: (walk, raw, _base, prefix) => {
      note(walk)
      const before = mark(walk)
      for (const reader of readers) {
        const value = reader.read(walk, raw, undefined, prefix)
        if (value !== undefined && walk.failures === before.failures) return value
        rewind(walk, before)
      }
      return fail(walk, { path: prefix + suffix, message: noneOfTypes(field), raw, secret })
    },
    clear: clearer(field),
  }
}

interface Mark {
  readonly failures: number
  readonly lengths: readonly [errors: number, claims: number, pending: number, hooks: number]
}

const mark = (walk: Walk): Mark => ({
  failures: walk.failures,
  lengths: [walk.errors.length, walk.claims.length, walk.pending.length, walk.hookDefaults.length],
})

/** What a type that does not fit has noted is as if it had not been. */
function rewind(walk: Walk, { failures, lengths }: Mark): void {
  walk.failures = failures
  ;[walk.errors.length, walk.claims.length, walk.pending.length, walk.hookDefaults.length] = lengths
}
