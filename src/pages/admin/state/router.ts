/**
 * The address of the page and what it shows, both ways. Leaving is asked first where something is not saved.
 * Knows no component.
 */
import { PAGE } from '../wire/place.ts'
import { store } from './store.ts'

export type Place =
  | { readonly kind: 'home' }
  | {
      readonly kind: 'list'
      readonly coll: string
      readonly selection: string | null
      readonly query: string
    }
  | { readonly kind: 'new'; readonly coll: string }
  | {
      readonly kind: 'item'
      readonly coll: string
      readonly id: string
      readonly tab: 'form' | 'history'
    }
  | { readonly kind: 'unknown' }

/** The address of a place, for links. */
export function addressOf(place: Place): string {
  const path = (...names: readonly string[]): string =>
    [PAGE, ...names.map((name) => encodeURIComponent(name))].join('/')
  switch (place.kind) {
    case 'home':
    case 'unknown':
      return PAGE
    case 'list': {
      const names = place.selection === null ? [] : ['selections', place.selection]
      return path(place.coll, ...names) + (place.query === '' ? '' : `?${place.query}`)
    }
    case 'new':
      return path(place.coll, 'new')
    case 'item':
      return path(place.coll, 'items', place.id, ...(place.tab === 'history' ? ['history'] : []))
    default:
      return place satisfies never
  }
}

export const listPlace = (coll: string, selection: string | null = null, query = ''): Place => ({
  kind: 'list',
  coll,
  selection,
  query,
})

export const itemPlace = (coll: string, id: string, tab: 'form' | 'history' = 'form'): Place => ({
  kind: 'item',
  coll,
  id,
  tab,
})

function placeAt({ pathname, search }: Location): Place {
  const names = namesIn(pathname.slice(PAGE.length))
  if (names === null) return { kind: 'unknown' }
  const [coll, what, name, tab] = names
  const query = search.slice(1)
  if (coll === undefined) return { kind: 'home' }
  if (what === undefined) return listPlace(coll, null, query)
  if (what === 'new' && name === undefined) return { kind: 'new', coll }
  if (what === 'selections' && name !== undefined) return listPlace(coll, name, query)
  if (what === 'items' && name !== undefined)
    return itemPlace(coll, name, tab === 'history' ? tab : 'form')
  return { kind: 'unknown' }
}

function namesIn(path: string): readonly string[] | null {
  try {
    return path.split('/').filter(Boolean).map(decodeURIComponent)
  } catch {
    return null
  }
}

const here = store<Place>(placeAt(location))
export const usePlace = here.use

/** True when one may leave: nothing is unsaved, or the user said so. */
type Guard = () => Promise<boolean>
let guard: Guard | null = null
/** @returns takes it away again */
export function guardLeaving(ask: Guard): () => void {
  guard = ask
  addEventListener('beforeunload', warn)
  return () => {
    if (guard === ask) guard = null
    removeEventListener('beforeunload', warn)
  }
}
const warn = (event: Event): void => {
  event.preventDefault()
}

/** May what is not saved be lost? */
export const mayLeave = async (): Promise<boolean> => guard === null || guard()

export interface GoOptions {
  /** in place of the entry in the history */
  readonly replace?: boolean
  /** what is not saved is known to be */
  readonly unasked?: boolean
}

let index = indexIn(history.state)
if (history.state === null) history.replaceState({ index }, '')

export async function go(
  to: Place,
  { replace = false, unasked = false }: GoOptions = {},
): Promise<void> {
  if (!unasked && guard && !(await guard())) return
  const address = addressOf(to)
  if (replace || address === location.pathname + location.search)
    history.replaceState({ index }, '', address)
  else history.pushState({ index: (index += 1) }, '', address)
  here.set(placeAt(location))
}

let isReturning = false

addEventListener('popstate', (event) => {
  void arrive(indexIn(event.state))
})

/** Back and forward have happened already: when one stays, the history is put back. */
async function arrive(to: number): Promise<void> {
  const steps = to - index
  if (isReturning) {
    isReturning = false
    return
  }
  if (guard && steps !== 0) {
    isReturning = true
    history.go(-steps)
    const mayLeave = await guard()
    if (mayLeave) {
      guard = null
      history.go(steps)
    }
    return
  }
  index = to
  here.set(placeAt(location))
}

function indexIn(state: unknown): number {
  return typeof state === 'object' &&
    state !== null &&
    'index' in state &&
    typeof state.index === 'number'
    ? state.index
    : 0
}
