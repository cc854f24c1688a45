/** The login: a page of its own at first, a dialog over what is shown when a session has ended. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { typedIn } from '../form/input.ts'
import { logIn, loginAsked, renewSession } from '../state/session.ts'
import { humanName } from '../wire/meta.ts'
import { APP_NAME } from '../wire/place.ts'
import { Problem, wordsOf } from '../wire/request.ts'
import { Dialog } from './dialog.tsx'

interface LoginFormProps {
  readonly onLogin: (login: string, password: string) => Promise<void>
}

/** What was typed, and what came of it. */
function useLogin(onLogin: LoginFormProps['onLogin']) {
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const [fault, setFault] = useState<string | null>(null)
  const [isRunning, setRunning] = useState(false)
  const run = async (): Promise<boolean> => {
    setRunning(true)
    setFault(null)
    try {
      await onLogin(login, password)
      return true
    } catch (error) {
      const isWrong = error instanceof Problem && (error.status === 401 || error.status === 400)
      setFault(isWrong ? 'The login or the password is wrong.' : wordsOf(error))
      setPassword('')
      return false
    } finally {
      setRunning(false)
    }
  }
  return { login, setLogin, password, setPassword, fault, isRunning, run }
}

function LoginForm({ onLogin }: LoginFormProps) {
  const { login, setLogin, password, setPassword, fault, isRunning, run } = useLogin(onLogin)
  const first = useRef<HTMLInputElement>(null)
  const second = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => first.current?.focus(), [])
  const submit = (event: Event): void => {
    event.preventDefault()
    if (!isRunning) void run().then((isIn) => isIn || second.current?.focus())
  }
  return (
    <form class="login-form" onSubmit={submit}>
      <div class="field">
        <label class="label" for="login-name">
          Login
        </label>
        <input
          ref={first}
          id="login-name"
          autocomplete="username"
          autocapitalize="none"
          required
          value={login}
          onInput={(event) => setLogin(typedIn(event))}
        />
      </div>
      <div class={`field${fault === null ? '' : ' wrong'}`}>
        <label class="label" for="login-password">
          Password
        </label>
        <input
          ref={second}
          id="login-password"
          type="password"
          autocomplete="current-password"
          required
          value={password}
          aria-describedby="login-fault"
          aria-invalid={fault !== null || undefined}
          onInput={(event) => setPassword(typedIn(event))}
        />
        <div class="errors" id="login-fault" role="alert">
          {fault !== null && <p>{fault}</p>}
        </div>
      </div>
      <button type="submit" class="primary" disabled={isRunning}>
        {isRunning ? 'Logging in…' : 'Log in'}
      </button>
    </form>
  )
}

interface LoginPageProps {
  /** null: nothing may be seen without a login */
  readonly onSkip: (() => void) | null
}

export function LoginPage({ onSkip }: LoginPageProps) {
  useEffect(() => {
    document.title = `Log in · ${APP_NAME}`
  }, [])
  return (
    <main class="login">
      <h1>{humanName(APP_NAME)}</h1>
      <p class="hint">Log in to manage the data.</p>
      <LoginForm onLogin={logIn} />
      {onSkip && (
        <button type="button" class="quiet" onClick={onSkip}>
          Look around without logging in
        </button>
      )}
    </main>
  )
}

export function LoginAgain() {
  const done = loginAsked.use()
  if (done === null) return null
  return (
    <Dialog title="Log in" onClose={() => done(false)}>
      <p class="dialog-text">
        This needs a login, or your session has ended. What you have typed is kept.
      </p>
      <LoginForm
        onLogin={async (login, password) => {
          await renewSession(login, password)
          done(true)
        }}
      />
    </Dialog>
  )
}
