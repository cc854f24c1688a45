/** Inputs of values that are more than a line of text: JSON, bytes, complex numbers, one of several types. */
import { useState } from 'preact/hooks'
import type { FieldMeta } from '../wire/meta.ts'
import { typedIn, useTyped, type InputProps } from './input.ts'
import { isDict } from './path.ts'
import { byteLength, sizeText } from './values.ts'

const asJson = (value: unknown): string =>
  value === null || value === undefined
    ? ''
    : typeof value === 'string'
      ? value
      : JSON.stringify(value, null, 2)

function fromJson(text: string): unknown {
  if (text.trim() === '') return null
  try {
    return JSON.parse(text) as unknown
  } catch {
    // the server refuses a text where an object should be
    return text
  }
}

function faultIn(text: string): string | null {
  if (text.trim() === '') return null
  try {
    JSON.parse(text)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : 'This is not JSON'
  }
}

export function JsonInput(props: InputProps) {
  const [text, type] = useTyped(props, { format: asJson, parse: fromJson })
  const fault = faultIn(text)
  return (
    <>
      <textarea
        id={props.id}
        class="code"
        rows={Math.min(16, Math.max(4, text.split('\n').length + 1))}
        spellcheck={false}
        value={text}
        onInput={(event) => type(typedIn(event))}
        {...props.aria}
      />
      <small class="hint">{fault === null ? 'JSON' : `Not JSON yet: ${fault}`}</small>
    </>
  )
}

export function BytesInput(props: InputProps) {
  const { id, value, set, aria, label } = props
  const text = typeof value === 'string' ? value : ''
  const choose = (event: Event): void => {
    const file = event.target instanceof HTMLInputElement ? event.target.files?.[0] : undefined
    if (file) void base64Of(file).then(set)
  }
  return (
    <>
      <textarea
        id={id}
        class="code"
        rows={3}
        spellcheck={false}
        value={text}
        onInput={(event) => set(typedIn(event).replaceAll(/\s+/g, '') || null)}
        {...aria}
      />
      <small class="hint">Base64{text !== '' && ` · ${sizeText(byteLength(text))}`}</small>
      <input type="file" aria-label={`${label}: from a file`} onChange={choose} />
    </>
  )
}

async function base64Of(file: Blob): Promise<string> {
  const address = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader()
    reader.addEventListener('load', () => resolve(String(reader.result as string)))
    reader.addEventListener('error', () => reject(new Error('The file can not be read')))
    reader.readAsDataURL(file)
  })
  return address.slice(address.indexOf(',') + 1)
}

const FLOAT: FieldMeta = {
  type_short: 'Float',
  description: null,
  required: false,
  in: null,
  default: null,
  exists: true,
  rights: { read: true, modify: true },
}

export function ComplexInput(props: InputProps) {
  const { id, path, value, set, label } = props
  const { Input } = props.within
  const parts = isDict(value) ? value : {}
  const setPart = (name: 'real' | 'imag') => (part: unknown) => {
    const next = { real: parts['real'] ?? 0, imag: parts['imag'] ?? 0, [name]: part }
    set(part === null && (parts[name === 'real' ? 'imag' : 'real'] ?? null) === null ? null : next)
  }
  return (
    <div class="row">
      {(['real', 'imag'] as const).map((name, i) => (
        <label key={name} class="part">
          <span>{name === 'real' ? 'Real' : 'Imaginary'}</span>
          <Input
            {...props}
            id={i === 0 ? id : `${id}-${name}`}
            path={[...path, name]}
            meta={FLOAT}
            value={parts[name]}
            label={`${label}, ${name}`}
            set={setPart(name)}
          />
        </label>
      ))}
    </div>
  )
}

const KINDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  String: (value) => typeof value === 'string',
  Int: (value) => Number.isInteger(value),
  Float: (value) => typeof value === 'number',
  Bool: (value) => typeof value === 'boolean',
  List: Array.isArray,
  Dict: isDict,
  FreeDict: isDict,
}

/** One of several types: which, then a value of it. */
export function InInput(props: InputProps) {
  const { meta, value, set, id, label } = props
  const { Input } = props.within
  const types = meta.sub_types ?? []
  const fitting = types.findIndex(({ type_short }) => KINDS[type_short]?.(value) === true)
  const [chosen, choose] = useState(Math.max(0, fitting))
  const type = types[chosen]
  return (
    <div class="row">
      <select
        class="narrow"
        aria-label={`${label}: type`}
        value={String(chosen)}
        onChange={(event) => {
          choose(Number(typedIn(event)))
          set(null)
        }}
      >
        {types.map(({ type_short }, i) => (
          <option key={i} value={String(i)}>
            {type_short}
          </option>
        ))}
      </select>
      {type && <Input {...props} key={chosen} id={id} meta={type} />}
    </div>
  )
}
