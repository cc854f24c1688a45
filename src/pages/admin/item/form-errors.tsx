/** What was wrong with the whole of what was sent, with the way to each place; read out and focused when it comes. */
import { useLayoutEffect, useRef } from 'preact/hooks'
import { inputId } from '../form/form-context.ts'
import type { Errors, Placed } from '../form/faults.ts'
import { humanName } from '../wire/meta.ts'

export interface Refused extends Placed {
  readonly message: string
  readonly hint: string | null
}

interface FormErrorsProps {
  readonly form: string
  readonly refused: Refused
  /** what is still wrong: what was mended is no longer told */
  readonly still: Errors
}

export function FormErrors({ form, refused, still }: FormErrorsProps) {
  const ref = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => ref.current?.focus(), [refused])
  const { message, hint, rest } = refused
  const errors = [...refused.errors].filter(([at]) => still.has(at))
  if (refused.errors.size > 0 && errors.length === 0 && rest.length === 0) return null
  return (
    <div class="refused" role="alert" tabIndex={-1} ref={ref}>
      <strong>{message}</strong>
      {(errors.length > 0 || rest.length > 0) && (
        <ul>
          {errors.map(([at, messages]) => (
            <li key={at}>
              <a
                href={`#${inputId(form, at)}`}
                onClick={(event) => {
                  event.preventDefault()
                  focusInput(inputId(form, at))
                }}
              >
                {nameOf(at)}
              </a>
              : {messages.join(', ')}
            </li>
          ))}
          {rest.map((fault) => (
            <li key={fault.path + fault.message}>
              {nameOf(fault.path)}: {fault.message}
            </li>
          ))}
        </ul>
      )}
      {hint !== null && <p>{hint}</p>}
    </div>
  )
}

export function focusInput(id: string): void {
  const input = document.getElementById(id)
  input?.scrollIntoView({ block: 'center' })
  input?.focus({ preventScroll: true })
}

/** `$.lines[0].price` -> `Lines 1 · Price` */
const nameOf = (selector: string): string =>
  selector
    .replace(/^\$\.?/, '')
    .split('.')
    .map((part) => humanName(part.replace(/\[(\d+)\]/g, (_all, i: string) => ` ${Number(i) + 1}`)))
    .join(' · ') || 'The item'
