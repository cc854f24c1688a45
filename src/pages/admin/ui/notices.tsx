/** Short words about what was done, read out by screen readers, gone after a while unless they are errors. */
import { store } from '../state/store.ts'

interface Notice {
  readonly id: number
  readonly kind: 'done' | 'error'
  readonly text: string
}

const notices = store<readonly Notice[]>([])
let last = 0
const SHOWN_MS = 6000

export function notify(text: string, kind: Notice['kind'] = 'done'): void {
  const id = (last += 1)
  notices.set([...notices.get().slice(-3), { id, kind, text }])
  if (kind === 'done') setTimeout(() => drop(id), SHOWN_MS)
}

const drop = (id: number): void => notices.set(notices.get().filter((notice) => notice.id !== id))

export function Notices() {
  return (
    <div class="notices" aria-live="polite" role="status">
      {notices.use().map(({ id, kind, text }) => (
        <div key={id} class={`notice ${kind}`}>
          <span>{text}</span>
          <button type="button" class="icon" aria-label="Dismiss" onClick={() => drop(id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  )
}
