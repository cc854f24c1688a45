/** A file: what is there, another in its place, or none. */
import { fileAddress } from '../wire/api.ts'
import { useForm } from './form-context.ts'
import type { InputProps } from './input.ts'
import { base64Of } from './odd-inputs.tsx'
import { isDict, selectorOf, type Path } from './path.ts'
import { byteLength, sizeText } from './values.ts'

export function FileInput({ id, path, meta, value, set, aria }: InputProps) {
  const choose = (event: Event): void => {
    const file = event.target instanceof HTMLInputElement ? event.target.files?.[0] : undefined
    if (!file) return
    const content_type = file.type || 'application/octet-stream'
    void base64Of(file).then((content) => set({ filename: file.name, content_type, content }))
  }
  const limits = [
    meta.content_types?.join(', '),
    typeof meta.max_size === 'number' ? `at most ${sizeText(meta.max_size)}` : undefined,
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
  if (!isDict(value)) return null
  const { filename, size, content } = value
  const name = typeof filename === 'string' ? filename : 'a file'
  const bytes =
    typeof size === 'number' ? size : typeof content === 'string' ? byteLength(content) : null
  const about =
    bytes === null ? '' : ` (${sizeText(bytes)}${content === undefined ? '' : ', not saved yet'})`
  if (content !== undefined || id === null) return <>{`${name}${about}`}</>
  return (
    <>
      <a href={fileAddress(coll, id, selectorOf(path))} download={name}>
        {name}
      </a>
      {about}
    </>
  )
}
