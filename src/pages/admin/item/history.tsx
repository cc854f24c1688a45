/** The versions of an item, the newest first: what each changed, and the way back to it. */
import { useState } from 'preact/hooks'
import { isSame } from '../form/path.ts'
import { RefLinks } from '../form/read-only.tsx'
import { localTime, textOf } from '../form/values.ts'
import { useLoad } from '../state/use-load.ts'
import { confirm } from '../ui/dialog.tsx'
import { notify } from '../ui/notices.tsx'
import { Empty, Failed, Loading } from '../ui/states.tsx'
import { readHistory, runAction, type Version } from '../wire/api.ts'
import {
  fieldsOf,
  humanName,
  restoreOf,
  type CollectionMeta,
  type FieldMeta,
} from '../wire/meta.ts'
import { Problem, wordsOf } from '../wire/request.ts'

interface HistoryProps {
  readonly meta: CollectionMeta
  readonly id: string
  /** the item is another now */
  readonly onRestored: () => void
}

export function History({ meta, id, onRestored }: HistoryProps) {
  const [after, setAfter] = useState<readonly (string | null)[]>([null])
  const { value, error, reload } = useLoad(`${meta.name} ${id} ${after.join(' ')}`, async () => {
    const pages = await Promise.all(after.map((cursor) => readHistory(meta.name, id, cursor)))
    return { versions: pages.flatMap(({ result }) => result), next: pages.at(-1)?._next ?? null }
  })
  if (error !== null) return <Failed error={error} onRetry={reload} />
  if (value === null) return <Loading />
  const { versions, next } = value
  if (versions.length === 0)
    return <Empty>No version is kept of this item yet; its next change is the first.</Empty>
  const restore = restoreOf(meta)
  const restored = (): void => {
    setAfter([null])
    reload()
    onRestored()
  }
  return (
    <>
      <ol class="versions" reversed>
        {versions.map((version, i) => (
          <VersionRow
            key={version.version}
            version={version}
            before={versions[i + 1] ?? null}
            meta={meta}
            onRestore={
              i > 0 && restore && restore.rights.execute !== false
                ? () => void restoreTo(meta.name, id, version).then((done) => done && restored())
                : null
            }
          />
        ))}
      </ol>
      {next !== null && (
        <button type="button" onClick={() => setAfter([...after, next])}>
          Show older versions
        </button>
      )}
    </>
  )
}

async function restoreTo(coll: string, id: string, { version, at }: Version): Promise<boolean> {
  const isSure = await confirm(
    `Restore version ${version}?`,
    `The item becomes what it was on ${localTime(at)}. That is a new version: nothing of the history is lost.`,
    { label: 'Restore', kind: 'primary' },
  )
  if (!isSure) return false
  try {
    await runAction(coll, { action: 'restore', id, body: { version } })
    notify(`Version ${version} is restored`)
    return true
  } catch (error) {
    const faults =
      error instanceof Problem ? error.faults.map(({ path, message }) => `${path}: ${message}`) : []
    notify([`It can not be restored. ${wordsOf(error)}`, ...faults].join(' · '), 'error')
    return false
  }
}

interface VersionRowProps {
  readonly version: Version
  /** null: not shown, or there is none */
  readonly before: Version | null
  readonly meta: CollectionMeta
  readonly onRestore: (() => void) | null
}

function VersionRow({ version, before, meta, onRestore }: VersionRowProps) {
  const { version: number, event, at, by, item } = version
  const changed = fieldsOf(meta).filter(([name, field]) =>
    before === null ? textOf(item[name], field) !== '' : !isSame(before.item[name], item[name]),
  )
  return (
    <li class="version">
      <div class="version-head">
        <strong>Version {number}</strong>
        <span class={`tag ${event}`}>{event}</span>
        <span class="hint">
          <time dateTime={at}>{localTime(at)}</time> by {by.login ?? by._id ?? 'somebody'}
        </span>
        {onRestore && (
          <button
            type="button"
            class="small"
            onClick={onRestore}
            aria-label={`Restore version ${number}`}
          >
            Restore
          </button>
        )}
      </div>
      <dl class="changes">
        {changed.map(([name, field]) => (
          <div key={name}>
            <dt>{humanName(name)}</dt>
            <dd>
              {before !== null && (
                <del>
                  <Brief field={field} value={before.item[name]} />
                </del>
              )}{' '}
              <ins>
                <Brief field={field} value={item[name]} />
              </ins>
            </dd>
          </div>
        ))}
      </dl>
    </li>
  )
}

interface BriefProps {
  readonly field: FieldMeta
  readonly value: unknown
}

/** A line; references by their labels. */
function Brief({ field, value }: BriefProps) {
  const text = textOf(value, field)
  if (text === '') return <>not set</>
  const isRef = field.type_short === 'Ref' || field.type_short === 'RefsList'
  const ids = Array.isArray(value) ? value.map(String) : [String(value as string)]
  return isRef ? <RefLinks coll={field.coll ?? null} ids={ids} /> : <>{text}</>
}
