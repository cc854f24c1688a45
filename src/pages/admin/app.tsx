/** The whole page: who is there, what there is, and the place that the address names. */
import { useEffect, useState } from 'preact/hooks'
import { ItemPage } from './item/item-page.tsx'
import { NewPage } from './item/new-page.tsx'
import { ListPage } from './list/list-page.tsx'
import { go, listPlace, mayLeave, usePlace, type Place } from './state/router.ts'
import {
  loginAsked,
  logOut,
  openSession,
  useSession,
  useSessionState,
  type Session,
} from './state/session.ts'
import { Questions } from './ui/dialog.tsx'
import { Heading } from './ui/heading.tsx'
import { Link } from './ui/link.tsx'
import { LoginAgain, LoginPage } from './ui/login.tsx'
import { notify, Notices } from './ui/notices.tsx'
import { Empty, Failed, Loading } from './ui/states.tsx'
import { isAnonymous } from './wire/api.ts'
import { humanName } from './wire/meta.ts'
import { APP_NAME } from './wire/place.ts'
import { wordsOf } from './wire/request.ts'

export function App() {
  return (
    <>
      <Opened />
      <Questions />
      <LoginAgain />
      <Notices />
    </>
  )
}

function Opened() {
  const state = useSessionState()
  const [isLooking, setLooking] = useState(false)
  useEffect(() => void openSession(), [])
  if (state.kind === 'loading') return <Loading />
  if (state.kind === 'failed') {
    return (
      <main class="login">
        <Failed error={state.error} onRetry={() => void openSession()} />
      </main>
    )
  }
  const { session } = state
  const isNobody = isAnonymous(session.user)
  if (isNobody && session.canLogIn && !isLooking) {
    return <LoginPage onSkip={session.collections.length > 0 ? () => setLooking(true) : null} />
  }
  return <Frame session={session} />
}

function Frame({ session }: { readonly session: Session }) {
  const place = usePlace()
  return (
    <div class="frame">
      <a href="#main" class="skip" onClick={skip}>
        Skip to the content
      </a>
      <header>
        <Link to={{ kind: 'home' }} class="app-name">
          {humanName(APP_NAME)}
        </Link>
        <Who session={session} />
      </header>
      <Collections session={session} place={place} />
      <main id="main" tabIndex={-1}>
        <Shown key={session.round} place={place} />
      </main>
    </div>
  )
}

/** The address says where one is: it is not to be changed by a fragment. */
function skip(event: MouseEvent): void {
  event.preventDefault()
  document.getElementById('main')?.focus()
}

function Who({ session: { user, canLogIn } }: { readonly session: Session }) {
  if (isAnonymous(user)) {
    return canLogIn ? (
      <button type="button" onClick={() => void askLogin()}>
        Log in
      </button>
    ) : null
  }
  const leave = async (): Promise<void> => {
    if (!(await mayLeave())) return
    await logOut().catch((error: unknown) => notify(wordsOf(error), 'error'))
    await go({ kind: 'home' }, { unasked: true })
  }
  return (
    <div class="who">
      <span title={user.roles?.join(', ')}>{user.login}</span>
      {canLogIn && (
        <button type="button" onClick={() => void leave()}>
          Log out
        </button>
      )}
    </div>
  )
}

async function askLogin(): Promise<void> {
  if (!(await mayLeave())) return
  loginAsked.set((isDone) => {
    loginAsked.set(null)
    if (isDone) void openSession()
  })
}

interface CollectionsProps {
  readonly session: Session
  readonly place: Place
}

function Collections({ session: { collections }, place }: CollectionsProps) {
  const here = 'coll' in place ? place.coll : null
  return (
    <nav class="collections" aria-label="Collections">
      <ul>
        {collections.map(({ name }) => (
          <li key={name}>
            <Link to={listPlace(name)} current={name === here}>
              {humanName(name)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Shown({ place }: { readonly place: Place }) {
  const { collections } = useSession()
  if (place.kind === 'home') return <Home />
  const collection =
    'coll' in place ? collections.find(({ name }) => name === place.coll) : undefined
  if (!collection) return <Nowhere />
  switch (place.kind) {
    case 'list':
      return (
        <ListPage
          key={`${place.coll}/${place.selection ?? ''}`}
          {...place}
          collection={collection}
        />
      )
    case 'new':
      return <NewPage key={place.coll} collection={collection} />
    case 'item':
      return <ItemPage key={`${place.coll}/${place.id}`} {...place} collection={collection} />
    case 'unknown':
      return <Nowhere />
    default:
      return place satisfies never
  }
}

function Nowhere() {
  return (
    <>
      <Heading title="Not found" />
      <Empty>
        <p>There is nothing at this address, or you may not read it.</p>
        <Link to={{ kind: 'home' }}>To the collections</Link>
      </Empty>
    </>
  )
}

function Home() {
  const { app, collections } = useSession()
  return (
    <>
      <Heading title={humanName(APP_NAME)} about={app?.description ?? null} />
      {collections.length === 0 ? (
        <Empty>There is nothing here that you may read.</Empty>
      ) : (
        <ul class="cards">
          {collections.map(({ name, description }) => (
            <li key={name}>
              <Link to={listPlace(name)}>{humanName(name)}</Link>
              {description !== null && <p class="hint">{description}</p>}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
