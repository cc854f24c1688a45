/** Who is logged in, what there is for them, and what happens when a session ends. */
import * as api from '../wire/api.ts'
import type { AppMeta, CollectionMeta } from '../wire/meta.ts'
import { whenExpired } from '../wire/request.ts'
import { store } from './store.ts'

export interface Session {
  /** another number when another may be there: what was fetched before is not for them */
  readonly round: number
  readonly user: api.User
  /** the server has a login of its own */
  readonly canLogIn: boolean
  /** null: only those who are known may see anything */
  readonly app: AppMeta | null
  /** those that this user may read */
  readonly collections: readonly CollectionMeta[]
}

export type SessionState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'known'; readonly session: Session }

const state = store<SessionState>({ kind: 'loading' })
export const useSessionState = state.use

/** In components that are drawn for a known session alone. */
export function useSession(): Session {
  const now = state.use()
  return now.kind === 'known' ? now.session : NOBODY
}

const NOBODY: Session = {
  round: 0,
  user: { _id: '000', login: '' },
  canLogIn: false,
  app: null,
  collections: [],
}

let rounds = 0

/** Asks who is there and what they may see. */
export async function openSession(): Promise<void> {
  try {
    const [user, canLogIn, app] = await Promise.all([
      api.whoAmI(),
      api.canLogIn(),
      api.describeApp(),
    ])
    const collections = app === null ? [] : await readable(app.collections)
    whenExpired(canLogIn ? askAgain : null)
    state.set({
      kind: 'known',
      session: { round: (rounds += 1), user, canLogIn, app, collections },
    })
  } catch (error) {
    state.set({ kind: 'failed', error })
  }
}

/** What is said without condition is known; the rest is tried. */
async function readable(
  collections: readonly CollectionMeta[],
): Promise<readonly CollectionMeta[]> {
  const may = await Promise.all(
    collections.map(async ({ name, rights }) =>
      typeof rights.read === 'boolean' ? rights.read : api.mayList(name),
    ),
  )
  return collections.filter((_, i) => may[i])
}

export async function logIn(login: string, password: string): Promise<void> {
  await api.logIn(login, password)
  await openSession()
}

/** Somebody logs in over what is shown: it stays as it is, but for who they are. */
export async function renewSession(login: string, password: string): Promise<void> {
  await api.logIn(login, password)
  const user = await api.whoAmI()
  const now = state.get()
  if (now.kind === 'known') state.set({ kind: 'known', session: { ...now.session, user } })
}

export async function logOut(): Promise<void> {
  await api.logOut()
  await openSession()
}

/** A login that is asked for over what is shown, so that nothing that was typed is lost. */
export const loginAsked = store<((done: boolean) => void) | null>(null)
let asking: Promise<boolean> | null = null

function askAgain(): Promise<boolean> {
  asking ??= new Promise<boolean>((resolve) => {
    loginAsked.set((done) => {
      asking = null
      loginAsked.set(null)
      resolve(done)
    })
  })
  return asking
}
