/** A value that components follow: set anywhere, and whoever uses it is drawn again. */
import { useEffect, useState } from 'preact/hooks'

export interface Store<T> {
  readonly get: () => T
  readonly set: (value: T) => void
  /** in a component: the value, now and whenever it changes */
  readonly use: () => T
}

export function store<T>(initial: T): Store<T> {
  let value = initial
  const followers = new Set<() => void>()
  const set = (next: T): void => {
    if (Object.is(next, value)) return
    value = next
    for (const follow of followers) follow()
  }
  const use = (): T => {
    const [, draw] = useState(0)
    useEffect(() => {
      const drawn = value
      const follow = (): void => draw((count) => count + 1)
      followers.add(follow)
      // it may have changed between the drawing and this
      if (!Object.is(drawn, value)) follow()
      return () => {
        followers.delete(follow)
      }
    }, [])
    return value
  }
  return { get: () => value, set, use }
}
