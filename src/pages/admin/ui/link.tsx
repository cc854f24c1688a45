/** A link within the page: an address like any other, followed without loading the page again. */
import type { ComponentChildren } from 'preact'
import { addressOf, go, type Place } from '../state/router.ts'

interface LinkProps {
  readonly to: Place
  readonly class?: string
  readonly current?: boolean
  readonly label?: string
  readonly children: ComponentChildren
}

export function Link({ to, class: name, current = false, label, children }: LinkProps) {
  const follow = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
      return
    event.preventDefault()
    void go(to)
  }
  return (
    <a
      href={addressOf(to)}
      class={name}
      aria-current={current ? 'page' : undefined}
      aria-label={label}
      onClick={follow}
    >
      {children}
    </a>
  )
}
