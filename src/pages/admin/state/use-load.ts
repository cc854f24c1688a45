/** Something fetched: while it is, when it is there, when it failed; fetched again when what it depends on changes. */
import { useCallback, useEffect, useState } from 'preact/hooks'
import { isAbort } from '../wire/request.ts'

export interface Loaded<T> {
  /** what was there before stays until the new one is there */
  readonly value: T | null
  readonly error: unknown
  readonly isLoading: boolean
  readonly reload: () => void
}

/** `key` names what is fetched; null fetches nothing. */
export function useLoad<T>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<T>,
): Loaded<T> {
  const [state, set] = useState<{
    readonly value: T | null
    readonly error: unknown
    readonly done: string | null
  }>({ value: null, error: null, done: null })
  const [round, setRound] = useState(0)
  const wanted = key === null ? null : `${key}#${round}`
  useEffect(() => {
    if (wanted === null) return undefined
    const abort = new AbortController()
    load(abort.signal).then(
      (value) => {
        if (!abort.signal.aborted) set({ value, error: null, done: wanted })
      },
      (error: unknown) => {
        if (!isAbort(error) && !abort.signal.aborted) set({ value: null, error, done: wanted })
      },
    )
    return () => abort.abort()
    // `key` says all that `load` depends on
  }, [wanted])
  const reload = useCallback(() => setRound((count) => count + 1), [])
  return { value: state.value, error: state.error, isLoading: state.done !== wanted, reload }
}
