/** Dialogs: the browser's own, which keep the focus, close by Escape and give the focus back. */
import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { store } from '../state/store.ts'

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ComponentChildren
  readonly wide?: boolean
}

export function Dialog({ title, onClose, children, wide = false }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null)
  const id = useId()
  // at once when it goes: an effect's end may come after the next key
  useLayoutEffect(() => {
    const before = document.activeElement
    const dialog = ref.current
    dialog?.showModal()
    return () => {
      dialog?.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={ref}
      aria-labelledby={id}
      class={wide ? 'wide' : undefined}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  )
}

/** A question with a few answers; the last one is the safe one, which Escape gives. */
export interface Question {
  readonly title: string
  readonly text: ComponentChildren
  readonly answers: readonly {
    readonly value: string
    readonly label: string
    readonly kind?: 'danger' | 'primary'
  }[]
}

interface Open extends Question {
  readonly answer: (value: string) => void
}

const open = store<Open | null>(null)

export const ask = (question: Question): Promise<string> =>
  new Promise((resolve) => {
    open.get()?.answer('')
    open.set({
      ...question,
      answer: (value) => {
        open.set(null)
        resolve(value)
      },
    })
  })

/** Yes, or not. */
export const confirm = async (
  title: string,
  text: ComponentChildren,
  { label, kind = 'danger' }: { readonly label: string; readonly kind?: 'danger' | 'primary' },
): Promise<boolean> =>
  (await ask({
    title,
    text,
    answers: [
      { value: 'yes', label, kind },
      { value: 'no', label: 'Cancel' },
    ],
  })) === 'yes'

export function Questions() {
  const question = open.use()
  if (question === null) return null
  const { title, text, answers, answer } = question
  return (
    <Dialog key={title} title={title} onClose={() => answer('')}>
      <div class="dialog-text">{text}</div>
      <div class="buttons">
        {answers.map(({ value, label, kind }) => (
          <button key={value} type="button" class={kind} onClick={() => answer(value)}>
            {label}
          </button>
        ))}
      </div>
    </Dialog>
  )
}
