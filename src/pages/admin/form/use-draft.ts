/**
 * An item while it is edited: the draft, its description worked out by the server as the draft changes, and what
 * the server says of each value that was typed. Saves nothing.
 */
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { useLoad } from '../state/use-load.ts'
import { checkField, describeItem } from '../wire/api.ts'
import type { CollectionMeta, FieldMeta } from '../wire/meta.ts'
import { isAbort } from '../wire/request.ts'
import { faultsIn, NO_ERRORS, placeFaults, without, type Errors } from './faults.ts'
import { isDict, selectorOf, setAt, type Doc, type Path } from './path.ts'
import { withoutFiles } from './new-files.ts'
import { useSettled } from './use-search.ts'

const PAUSE_MS = 300

export interface Draft {
  readonly doc: Doc
  readonly meta: CollectionMeta | null
  readonly metaError: unknown
  readonly errors: Errors
  readonly change: (path: Path, value: unknown) => void
  readonly setErrors: (errors: Errors) => void
  /** begin again from there */
  readonly restart: (doc: Doc) => void
}

/** @param stored null for a new item: its rights are those of what it would be */
export function useDraft(coll: string, stored: Doc | null, fresh: Doc): Draft {
  const [doc, setDoc] = useState<Doc>(stored ?? fresh)
  const [errors, setErrors] = useState<Errors>(NO_ERRORS)
  const latest = useRef(doc)
  latest.current = doc
  const asked = useSettled(JSON.stringify(forAsking(doc))) ?? '{}'
  const now = useLoad(`${coll} ${asked}`, (signal) =>
    describeItem(coll, JSON.parse(asked) as object, signal),
  )
  const before = useLoad(stored === null ? null : `${coll} ${JSON.stringify(stored)}`, (signal) =>
    describeItem(coll, forAsking(stored ?? {}), signal),
  )
  const meta = useMemo(
    () =>
      now.value === null ? null : stored === null ? now.value : withRights(now.value, before.value),
    [now.value, before.value],
  )
  const scheme = useRef<CollectionMeta | null>(null)
  scheme.current = meta
  const check = useChecks(coll, latest, (at, found) => {
    const placed = placeFaults(found, scheme.current?.item.sub_scheme ?? {})
    setErrors((errors) => new Map([...without(errors, at), ...placed.errors]))
  })
  const change = useCallback((path: Path, value: unknown) => {
    const next = setAt(latest.current, path, value)
    if (!isDict(next)) return
    latest.current = next
    setDoc(next)
    check(selectorOf(path), value)
  }, [])
  const restart = useCallback((from: Doc) => {
    latest.current = from
    setDoc(from)
    setErrors(NO_ERRORS)
  }, [])
  return { doc, meta, metaError: now.error ?? before.error, errors, change, setErrors, restart }
}

type Tell = (at: string, faults: ReturnType<typeof faultsIn>) => void

/** Each place that was typed in is checked when the typing pauses. */
function useChecks(
  coll: string,
  latest: { readonly current: Doc },
  tell: Tell,
): (at: string, value: unknown) => void {
  const waiting = useRef(new Map<string, () => void>())
  useEffect(() => () => waiting.current.forEach((stop) => stop()), [])
  return (at, value) => {
    waiting.current.get(at)?.()
    // a password that is left as it is, a file that is not sent yet
    if (value === undefined || value instanceof Blob) return tell(at, [])
    const abort = new AbortController()
    const run = (): void => {
      checkField(coll, { item: forAsking(latest.current), path: at }, abort.signal).then(
        // a value that looks like a fault is told at its own place alone
        (error) =>
          tell(at, error === null ? [] : faultsIn(error).filter(({ path }) => path.startsWith(at))),
        (error: unknown) => {
          // a check that could not be made says nothing: saving will
          if (!isAbort(error)) tell(at, [])
        },
      )
    }
    const timer = setTimeout(run, PAUSE_MS)
    waiting.current.set(at, () => {
      clearTimeout(timer)
      abort.abort()
    })
  }
}

/** Without new files: rights and rules do not look at what is in them. */
function forAsking(doc: Doc): Doc {
  const { _meta, ...rest } = doc
  return withoutFiles(rest).json as Doc
}

/** What exists is told by the draft; what one may do, by the item as it is stored. */
function withRights(now: CollectionMeta, before: CollectionMeta | null): CollectionMeta | null {
  if (before === null) return null
  const { rights, actions, selections } = before
  return { ...now, rights, actions, selections, item: fieldWith(now.item, before.item) }
}

function fieldWith(now: FieldMeta, before: FieldMeta | undefined): FieldMeta {
  if (!before) return now
  const inner = now.sub_scheme
  return {
    ...now,
    rights: before.rights,
    ...(inner && {
      sub_scheme: Object.fromEntries(
        Object.entries(inner).map(([name, field]) => [
          name,
          fieldWith(field, before.sub_scheme?.[name]),
        ]),
      ),
    }),
  }
}
