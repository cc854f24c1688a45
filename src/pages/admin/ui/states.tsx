/** What is shown in place of something: it is being fetched, it is not there, it can't be had. */
import type { ComponentChildren } from 'preact'
import { Problem, wordsOf } from '../wire/request.ts'

export const Loading = ({ what = 'Loading' }: { readonly what?: string }) => (
  <p class="state" role="status">
    <span class="spinner" aria-hidden="true" /> {what}…
  </p>
)

export const Empty = ({ children }: { readonly children: ComponentChildren }) => (
  <div class="state empty">{children}</div>
)

interface FailedProps {
  readonly error: unknown
  readonly onRetry?: (() => void) | undefined
}

export function Failed({ error, onRetry }: FailedProps) {
  const problem = error instanceof Problem ? error : null
  const hint = problem === null ? null : (HINTS[problem.status] ?? problem.hint)
  return (
    <div class="state failed" role="alert">
      <p>
        <strong>{wordsOf(error)}</strong>
      </p>
      {problem?.faults.map(({ path, message }) => (
        <p key={path}>
          <code>{path}</code> {message}
        </p>
      ))}
      {hint !== null && hint !== undefined && <p>{hint}</p>}
      {onRetry && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  )
}

/** In words for people, where the server's are for programs. */
const HINTS: Readonly<Record<number, string>> = {
  401: 'Log in to see this.',
  403: 'You do not have the right to see this.',
  404: 'It may have been deleted, or you may not read it.',
}
