/**
 * First stage of a write: the keys of a body are put onto an item, each value read by its type.
 * Rules on values (required, min, enum, constraints) come later, in check.ts; rights are not known here.
 */
import type { FieldError } from '../../errors.ts'
import type { DictValue, Env, Value } from '../../expression/expr.ts'
import type { Field } from '../backoffice.ts'
import { isDict } from '../fields/parsed.ts'
import { isPasswordHash, isWholeHash } from '../fields/password.ts'
import { holdsFile, holdsSecret } from './field-facts.ts'
import { knownFiles } from './file-values.ts'
import { readerOf } from './readers.ts'
import { runRules } from './rule-run.ts'
import { newWalk, type Claim, type HookDefault, type Walk } from './walk.ts'

export interface AcceptOptions {
  /** for transforms: roots `item` (as it is becoming) and `value` are added to it */
  readonly env: Env
  /** hashes of passwords may come in as they are (an import); else they are refused */
  readonly takesHashes?: boolean
  /** fields whose files may not come back without their content: who sends them can't have seen them */
  readonly unseen?: ReadonlySet<Field>
  /** what looks like a stored file is taken for one: nothing will be kept, or the program says so itself */
  readonly takesFiles?: boolean
}

export interface Accepted {
  /** every stored field in the model's order; derived sides only where given, or in the base */
  readonly doc: DictValue
  /** dotted paths of the fields named by the input: leaves, and lists as a whole */
  readonly given: ReadonlySet<string>
  /** values refused; the doc has the base's in their place */
  readonly errors: readonly FieldError[]
  /** computed fields sent with another value than the base's: see `refuteClaims` */
  readonly claims: readonly Claim[]
  /** defaults by hook of new list elements */
  readonly hookDefaults: readonly HookDefault[]
}

/**
 * `base` is the item as it is, complete; null for a new one. Keys given are set, Dicts merge deeply,
 * the rest is replaced, null clears. `_id` and `_meta` are passed over when new or the same.
 */
export function accept(
  field: Field,
  base: DictValue | null,
  input: unknown,
  options: AcceptOptions,
): Accepted {
  const walk = newWalk(holdsSecret(field) ? knownHashes(base, input, options) : undefined)
  if (options.takesFiles === true) walk.files = 'any'
  else if (base !== null && holdsFile(field)) walk.files = knownFiles(field, base, options.unseen)
  const doc = readInto(field, base, input, walk)
  if (walk.pending.length > 0) runPending(walk, doc, options.env)
  const { given, errors, claims, hookDefaults } = walk
  return { doc, given, errors, claims, hookDefaults }
}

function knownHashes(
  base: DictValue | null,
  input: unknown,
  { takesHashes = false }: AcceptOptions,
): ReadonlySet<string> {
  const known = base === null ? new Set<string>() : hashesIn(base)
  const given = takesHashes ? hashesIn(input as Value) : []
  for (const hash of given) if (isWholeHash(hash)) known.add(hash)
  return known
}

/** Of whatever field: who knows a hash of this item has nothing to find out. */
function hashesIn(value: Value, found = new Set<string>()): Set<string> {
  if (typeof value === 'string' && isPasswordHash(value)) found.add(value)
  else if (typeof value === 'object' && value !== null) {
    for (const each of Object.values(value)) hashesIn(each as Value, found)
  }
  return found
}

/** Without transforms and defaults: just the reading. */
export function readInto(
  field: Field,
  base: DictValue | null,
  input: unknown,
  walk: Walk,
): DictValue {
  const reader = readerOf(field)
  if (base !== null && holdsFile(field)) walk.files ??= knownFiles(field, base)
  const doc = reader.read(walk, input, base ?? undefined, '$')
  if (isDict(doc)) return doc as DictValue
  return base ?? (reader.read(newWalk(), {}, undefined, '$') as DictValue)
}

/** Transforms (and defaults of elements) see the whole item; what they give is read by the type again. */
function runPending(walk: Walk, doc: DictValue, env: Env): void {
  const rules = runRules(env, doc)
  // reading again notes the transforms inside once more: those were done
  const todo = walk.pending.splice(0)
  for (const { field, rule, reader, holder, key, prefix } of todo) {
    const before = holder[key] ?? null
    const isTransform = rule === field.transform
    if (isTransform && before === null) continue
    const made = rules.ask(rule, before)
    const value: Value | undefined =
      made === null ? unsetOr(field, before) : reader.read(walk, made, undefined, prefix)
    if (value !== undefined) holder[key] = value
  }
  walk.pending.length = 0
}

const unsetOr = (field: Field, before: Value): Value =>
  field.fields !== undefined ? before : field.side?.many === true ? [] : null

/** One value by the rules of its field alone: undefined when its type refuses it. */
export function readValue(field: Field, raw: unknown): Value | undefined {
  if (raw === null) return undefined
  return readerOf(field).read(newWalk(), raw, undefined, '$')
}
