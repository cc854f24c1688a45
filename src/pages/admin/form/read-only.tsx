/** A value that can't be changed, as text; what it refers to as links. Addresses are followed only where they are of the web. */
import { useLabels } from '../list/labels.ts'
import { itemPlace } from '../state/router.ts'
import { useSession } from '../state/session.ts'
import { Link } from '../ui/link.tsx'
import type { FieldMeta } from '../wire/meta.ts'
import { FileLink } from './file-input.tsx'
import { isDict, type Path } from './path.ts'
import { localTime, textOf } from './values.ts'

interface ReadOnlyProps {
  readonly id?: string
  readonly path: Path
  readonly meta: FieldMeta
  readonly value: unknown
}

export function ReadOnly({ id, path, meta, value }: ReadOnlyProps) {
  return (
    <div class="fixed" id={id} tabIndex={id === undefined ? undefined : -1}>
      <Shown path={path} meta={meta} value={value} />
    </div>
  )
}

const SHOWN_AT_MOST = 50

function Shown({ path, meta, value }: ReadOnlyProps) {
  if (value === null || value === undefined) return <span class="unset">Not set</span>
  switch (meta.type_short) {
    case 'Ref':
      return <RefLinks coll={meta.coll ?? null} ids={[String(value as string)]} />
    case 'RefsList':
      return (
        <RefLinks coll={meta.coll ?? null} ids={Array.isArray(value) ? value.map(String) : []} />
      )
    case 'Url':
      return <UrlText text={textOf(value)} address={String(value as string)} />
    case 'Datetime':
      return (
        <time dateTime={String(value as string)} title={`UTC ${String(value as string)}`}>
          {localTime(String(value as string))}
        </time>
      )
    case 'File':
      return <FileLink path={path} value={value} />
    case 'List':
    case 'FreeDict':
    case 'Tuple':
      return isDict(value) ||
        (Array.isArray(value) && value.some((each) => typeof each === 'object')) ? (
        <pre>{JSON.stringify(value, null, 2)}</pre>
      ) : (
        <>{textOf(value, meta)}</>
      )
    default:
      return (
        <>
          {typeof value === 'string' && meta.type_short === 'String' ? value : textOf(value, meta)}
        </>
      )
  }
}

/** A link for http and https alone: `javascript:` and the like are text. */
export function UrlText({ text, address }: { readonly text: string; readonly address: string }) {
  const isWeb = URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)
  if (!isWeb) return <>{text}</>
  return (
    <a href={address} target="_blank" rel="noopener noreferrer">
      {text}
    </a>
  )
}

interface RefLinksProps {
  readonly coll: string | null
  readonly ids: readonly string[]
}

export function RefLinks({ coll, ids }: RefLinksProps) {
  const shown = ids.slice(0, SHOWN_AT_MOST)
  const labels = useLabels(coll, shown)
  const { collections } = useSession()
  const mayOpen = collections.some(({ name }) => name === coll)
  if (ids.length === 0) return <span class="unset">None</span>
  return (
    <>
      {shown.map((id, i) => (
        <span key={id}>
          {i > 0 && ', '}
          {mayOpen && coll !== null ? (
            <Link to={itemPlace(coll, id)}>{labels.get(id) ?? id}</Link>
          ) : (
            id
          )}
        </span>
      ))}
      {ids.length > shown.length && (
        <span class="unset"> and {ids.length - shown.length} more</span>
      )}
    </>
  )
}
