/** The head of a place: where it stands, its name, which gets the focus when one comes there, and what can be done. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { APP_NAME } from '../wire/place.ts'

interface HeadingProps {
  readonly title?: string
  readonly above?: ComponentChildren
  readonly about?: string | null
  readonly children?: ComponentChildren
}

let isFirst = true

export function Heading({ title, above, about = null, children }: HeadingProps) {
  const ref = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (title !== undefined) document.title = `${title} · ${APP_NAME}`
  }, [title])
  useEffect(() => {
    // who has just opened the page starts at its top
    if (isFirst) isFirst = false
    else ref.current?.focus({ preventScroll: true })
  }, [])
  return (
    <div class="heading">
      <div>
        {above && <p class="above">{above} /</p>}
        <h1 ref={ref} tabIndex={-1}>
          {title}
        </h1>
        {about !== null && <p class="hint">{about}</p>}
      </div>
      <div class="buttons">{children}</div>
    </div>
  )
}
