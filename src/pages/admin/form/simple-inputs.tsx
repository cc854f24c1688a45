/** Inputs of values that fit a line. What is no number or time is kept as typed, for the server to say what is wrong. */
import { useState } from 'preact/hooks'
import { useForm } from './form-context.ts'
import { typedIn, useTyped, type InputProps } from './input.ts'
import { fromLocalInput, toLocalInput } from './values.ts'

const asText = (value: unknown): string =>
  value === null || value === undefined
    ? ''
    : typeof value === 'string'
      ? value
      : JSON.stringify(value)

const LONG_NAME = /descr|text|body|note|comment|content|summary|bio|message|address$/i
const LONG = 80

export function TextInput(props: InputProps) {
  const { id, path, meta, value, set, aria } = props
  const text = asText(value)
  const name = String(path.at(-1) ?? '')
  const mayBeLong = meta.max_length === null || (meta.max_length ?? 0) > LONG
  // once it is long it stays so: the focus would be lost
  const [isLong] = useState(
    meta.type_short === 'String' &&
      mayBeLong &&
      (LONG_NAME.test(name) || text.length > LONG || text.includes('\n')),
  )
  const type = (event: Event): void => set(typedIn(event) === '' ? null : typedIn(event))
  if (isLong) return <textarea id={id} rows={4} value={text} onInput={type} {...aria} />
  return (
    <input
      id={id}
      type="text"
      inputMode={INPUT_MODES[meta.type_short] ?? 'text'}
      value={text}
      onInput={type}
      autocomplete="off"
      spellcheck={meta.type_short === 'String'}
      placeholder={typeof meta.example === 'string' ? meta.example : undefined}
      {...aria}
    />
  )
}

/** The keyboard of a phone; what is valid, the server says. */
const INPUT_MODES: Readonly<Record<string, 'email' | 'url'>> = {
  Email: 'email',
  Url: 'url',
}

const asNumber = (text: string): unknown =>
  text.trim() === '' ? null : Number.isFinite(Number(text)) ? Number(text) : text

export function NumberInput(props: InputProps) {
  const { id, meta, aria } = props
  const [text, type] = useTyped(props, { format: asText, parse: asNumber })
  return (
    <input
      id={id}
      type="text"
      class="short"
      inputMode={meta.type_short === 'Int' ? 'numeric' : 'decimal'}
      value={text}
      onInput={(event) => type(typedIn(event))}
      autocomplete="off"
      {...aria}
    />
  )
}

const BOOLS: readonly (readonly [string, unknown, string])[] = [
  ['true', true, 'Yes'],
  ['false', false, 'No'],
  ['', null, 'Not set'],
]

export function BoolInput({ id, value, set, meta, aria, label }: InputProps) {
  const choices = meta.required ? BOOLS.slice(0, 2) : BOOLS
  return (
    <div class="choices" role="radiogroup" aria-label={label} id={id} tabIndex={-1} {...aria}>
      {choices.map(([key, each, text]) => (
        <label key={key}>
          <input
            type="radio"
            name={id}
            checked={(value ?? null) === each}
            onChange={() => set(each)}
          />
          {text}
        </label>
      ))}
    </div>
  )
}

/** One of the values allowed, told by their places: they may be of any type. */
export function EnumInput({ id, value, set, meta, aria }: InputProps) {
  const values = Array.isArray(meta.in) ? (meta.in as readonly unknown[]) : []
  const at = values.findIndex((each) => each === value)
  const isOdd = at < 0 && value !== null && value !== undefined
  return (
    <select
      id={id}
      value={isOdd ? 'odd' : String(at)}
      onChange={(event) => set(values[Number(typedIn(event))] ?? null)}
      {...aria}
    >
      <option value="-1">{meta.required ? 'Choose…' : 'Not set'}</option>
      {isOdd && <option value="odd">{asText(value)}</option>}
      {values.map((each, i) => (
        <option key={i} value={String(i)}>
          {asText(each)}
        </option>
      ))}
    </select>
  )
}

/** In the zone of the one who looks; the time in UTC is what is kept, and is shown. */
export function DatetimeInput({ id, value, set, aria }: InputProps) {
  const [zone] = useState(() => Intl.DateTimeFormat().resolvedOptions().timeZone)
  return (
    <div class="datetime">
      <input
        id={id}
        type="datetime-local"
        step={toLocalInput(value).length > 16 ? 1 : 60}
        value={toLocalInput(value)}
        onInput={(event) => set(fromLocalInput(typedIn(event)))}
        {...aria}
      />
      <small class="hint">
        {zone}
        {typeof value === 'string' && value !== '' && (
          <> · UTC {value.replace('T', ' ').replace(/(:00)?\.000Z$/, '')}</>
        )}
      </small>
    </div>
  )
}

/** Given, never shown: nothing typed leaves it as it is. */
export function PasswordInput({ id, value, set, aria }: InputProps) {
  const form = useForm()
  return (
    <input
      id={id}
      type="password"
      autocomplete="new-password"
      placeholder={form.id === null ? undefined : 'Leave empty to keep it as it is'}
      value={asText(value)}
      onInput={(event) => set(typedIn(event) === '' ? undefined : typedIn(event))}
      {...aria}
    />
  )
}
