/** A file: what is there, another in its place, or none. */
import { fileAddress } from '../wire/api.ts'
import { useForm } from './form-context.ts'
import type { InputProps } from './input.ts'
import { isDict, selectorOf, type Path } from './path.ts'
import { sizeText, textOf } from './values.ts'

export function FileInput({ id, path, meta, value, set, aria }: InputProps) {
  const choose = (event: Event): void => {
    const file = event.target instanceof HTMLInputElement ? event.target.files?.[0] : undefined
    if (file) set(file)
  }
  const most = typeof meta.max_size === 'number' ? meta.max_size : null
  const limits = [
    meta.content_types?.join(', '),
    most === null ? undefined : `at most ${sizeText(most)}`,
  ].filter(Boolean)
  return (
    <div class="file">
      {value !== null && value !== undefined && (
        <p class="fixed">
          <FileLink path={path} value={value} />{' '}
          <button type="button" class="small" onClick={() => set(null)}>
            Remove the file
          </button>
        </p>
      )}
      <input
        id={id}
        type="file"
        accept={meta.content_types?.join(',')}
        onChange={choose}
        {...aria}
      />
      {value instanceof Blob && most !== null && value.size > most && (
        <p class="errors">This file is too large.</p>
      )}
      {limits.length > 0 && <small class="hint">{limits.join(' · ')}</small>}
    </div>
  )
}

interface FileLinkProps {
  readonly path: Path
  readonly value: unknown
}

/** Its name and size; a link to its content once that is kept. */
export function FileLink({ path, value }: FileLinkProps) {
  const { coll, id } = useForm()
  if (value instanceof File) {
    return <>{`${value.name} (${sizeText(value.size)}, not saved yet)`}</>
  }
  if (!isDict(value)) return null
  const name = textOf(value, { type_short: 'File' })
  const about = typeof value['size'] === 'number' ? ` (${sizeText(value['size'])})` : ''
  if (id === null) return <>{`${name}${about}`}</>
  return (
    <>
      <a href={fileAddress(coll, id, selectorOf(path).slice(2))} download={name}>
        {name}
      </a>
      {about}
    </>
  )
}
