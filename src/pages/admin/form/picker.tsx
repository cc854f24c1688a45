/** A combobox (ARIA 1.2) that finds an item by words: arrows and Enter choose, Escape closes. */
import { useRef, useState } from 'preact/hooks'
import { typedIn, type InputProps } from './input.ts'
import { useSearch, type Found } from './use-search.ts'

interface PickerProps {
  readonly id: string
  readonly coll: string | null
  readonly label: string
  readonly aria: InputProps['aria']
  readonly placeholder: string
  /** already there: not offered */
  readonly without?: readonly string[]
  readonly onPick: (id: string) => void
}

export function Picker(props: PickerProps) {
  const { id, label, aria, placeholder } = props
  const input = useRef<HTMLInputElement>(null)
  const { isOpen, at, found, said, look, close, pick, press } = usePicking(props, () => {
    if (input.current) input.current.value = ''
  })
  return (
    <div class="picker">
      <input
        ref={input}
        id={id}
        type="text"
        role="combobox"
        autocomplete="off"
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls={`${id}-found`}
        aria-label={label}
        aria-activedescendant={isOpen && found[at] ? `${id}-${at}` : undefined}
        placeholder={placeholder}
        onInput={(event) => look(typedIn(event))}
        onClick={() => look(input.current?.value ?? '')}
        onKeyDown={press}
        onBlur={close}
        {...aria}
      />
      <div class="found" hidden={!isOpen}>
        <div id={`${id}-found`} role="listbox" aria-label={label}>
          {found.map((one, i) => (
            <Choice key={one.id} id={`${id}-${i}`} one={one} isAt={i === at} onPick={pick} />
          ))}
        </div>
        {said !== null && <p class="hint">{said}</p>}
      </div>
    </div>
  )
}

function usePicking({ coll, without = [], onPick }: PickerProps, clear: () => void) {
  const [words, setWords] = useState<string | null>(null)
  const [at, setAt] = useState(0)
  const { value, error, isLoading } = useSearch(coll, words)
  const isOpen = words !== null
  const found = (value ?? []).filter((each) => !without.includes(each.id))
  const close = (): void => setWords(null)
  const look = (text: string): void => {
    setWords(text)
    setAt(0)
  }
  const pick = (one: Found | undefined): void => {
    if (!one) return
    clear()
    close()
    onPick(one.id)
  }
  const press = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    const isOurs = step !== 0 || (isOpen && (event.key === 'Enter' || event.key === 'Escape'))
    if (!isOurs) return
    event.preventDefault()
    // a dialog around this stays open
    event.stopPropagation()
    if (step !== 0 && !isOpen) look('')
    else if (step !== 0) setAt((at + step + found.length) % Math.max(1, found.length))
    else if (event.key === 'Enter') pick(found[at])
    else close()
  }
  const said =
    !isOpen || found.length > 0
      ? null
      : error
        ? 'They can not be had.'
        : isLoading
          ? 'Looking…'
          : 'Nothing found.'
  return { isOpen, at, found, said, look, close, pick, press }
}

interface ChoiceProps {
  readonly id: string
  readonly one: Found
  readonly isAt: boolean
  readonly onPick: (one: Found) => void
}

const Choice = ({ id, one, isAt, onPick }: ChoiceProps) => (
  <div
    id={id}
    role="option"
    aria-selected={isAt}
    // before the focus goes, which would close it
    onMouseDown={(event) => {
      event.preventDefault()
      onPick(one)
    }}
  >
    <span>{one.label}</span>
    {one.label !== one.id && <small>{one.id}</small>}
  </div>
)
