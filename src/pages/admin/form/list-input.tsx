/** Values in order: added, taken out and moved, by buttons that keep the focus. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { inputId, useForm } from './form-context.ts'
import type { InputProps } from './input.ts'

export function ListInput(props: InputProps) {
  const { id, path, meta, label, within } = props
  const { items, adding, remove, move, add } = useElements(props)
  const type = meta.sub_type
  if (!type) return null
  return (
    <div class="list" id={id} tabIndex={-1}>
      {items.map((each, i) => {
        const name = `${label} ${i + 1}`
        return (
          <div class="element" key={i}>
            <within.Field name={name} path={[...path, i]} meta={type} value={each} isElement />
            <div class="element-buttons">
              {i > 0 && (
                <IconButton label={`Move ${name} up`} sign="↑" onClick={() => move(i, i - 1)} />
              )}
              {i < items.length - 1 && (
                <IconButton label={`Move ${name} down`} sign="↓" onClick={() => move(i, i + 1)} />
              )}
              <IconButton label={`Remove ${name}`} sign="×" onClick={() => remove(i)} />
            </div>
          </div>
        )
      })}
      <button type="button" class="small" ref={adding} onClick={add}>
        + Add to {label.toLowerCase()}
      </button>
    </div>
  )
}

function useElements({ path, meta, value, set }: InputProps) {
  const items: readonly unknown[] = Array.isArray(value) ? value : []
  const { name } = useForm()
  const [focus, setFocus] = useState<number | null>(null)
  const adding = useRef<HTMLButtonElement>(null)
  // before the next key is pressed
  useLayoutEffect(() => {
    if (focus === null) return
    const input = document.getElementById(inputId(name, [...path, focus]))
    ;(input ?? adding.current)?.focus()
    setFocus(null)
  }, [focus])
  const remove = (at: number): void => {
    const next = items.filter((_, i) => i !== at)
    set(next.length === 0 ? null : next)
    setFocus(Math.min(at, next.length - 1))
  }
  const move = (from: number, to: number): void => {
    const next = [...items]
    next.splice(to, 0, ...next.splice(from, 1))
    set(next)
    setFocus(to)
  }
  const add = (): void => {
    set([...items, meta.sub_type?.type_short === 'Dict' ? {} : null])
    setFocus(items.length)
  }
  return { items, adding, remove, move, add }
}

interface IconButtonProps {
  readonly label: string
  readonly sign: string
  readonly onClick: () => void
}

export const IconButton = ({ label, sign, onClick }: IconButtonProps) => (
  <button type="button" class="icon" aria-label={label} title={label} onClick={onClick}>
    {sign}
  </button>
)

/** Fixed length: a place each. */
export function TupleInput({ path, meta, value, label, within }: InputProps) {
  const items: readonly unknown[] = Array.isArray(value) ? value : []
  return (
    <div class="row">
      {(meta.sub_types ?? []).map((type, i) => (
        <within.Field
          key={i}
          name={`${label} ${i + 1}`}
          path={[...path, i]}
          meta={type}
          value={items[i]}
          isElement
        />
      ))}
    </div>
  )
}
