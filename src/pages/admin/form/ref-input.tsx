/** References: found by words, shown by their labels, opened by a link. */
import { useLabels } from '../list/labels.ts'
import { itemPlace } from '../state/router.ts'
import { useSession } from '../state/session.ts'
import { Link } from '../ui/link.tsx'
import { humanName } from '../wire/meta.ts'
import { IconButton } from './list-input.tsx'
import type { InputProps } from './input.ts'
import { Picker } from './picker.tsx'

const SHOWN_AT_MOST = 50

export function RefInput({ id, meta, value, set, aria, label }: InputProps) {
  const ids = typeof value === 'string' ? [value] : []
  const coll = meta.coll ?? null
  return (
    <div class="refs">
      <Chips coll={coll} ids={ids} label={label} onRemove={() => set(null)} />
      <Picker
        id={id}
        coll={coll}
        label={label}
        aria={aria}
        without={ids}
        placeholder={
          ids.length > 0 ? 'Choose another…' : `Find one of ${humanName(coll ?? '').toLowerCase()}…`
        }
        onPick={set}
      />
    </div>
  )
}

export function RefsListInput({ id, meta, value, set, aria, label }: InputProps) {
  const ids = Array.isArray(value) ? value.map(String) : []
  const coll = meta.coll ?? null
  return (
    <div class="refs">
      <Chips
        coll={coll}
        ids={ids}
        label={label}
        onRemove={(gone) => set(ids.filter((each) => each !== gone))}
      />
      <Picker
        id={id}
        coll={coll}
        label={label}
        aria={aria}
        without={ids}
        placeholder={`Add one of ${humanName(coll ?? '').toLowerCase()}…`}
        onPick={(added) => set([...ids, added])}
      />
    </div>
  )
}

interface ChipsProps {
  readonly coll: string | null
  readonly ids: readonly string[]
  readonly label: string
  readonly onRemove: (id: string) => void
}

function Chips({ coll, ids, label, onRemove }: ChipsProps) {
  const shown = ids.slice(0, SHOWN_AT_MOST)
  const labels = useLabels(coll, shown)
  const { collections } = useSession()
  const mayOpen = collections.some(({ name }) => name === coll)
  if (ids.length === 0) return null
  return (
    <ul class="chips">
      {shown.map((id) => {
        const text = labels.get(id) ?? id
        return (
          <li key={id} class="chip">
            {mayOpen && coll !== null ? (
              <Link to={itemPlace(coll, id)}>{text}</Link>
            ) : (
              <span>{text}</span>
            )}
            <IconButton
              label={`Remove ${text} from ${label}`}
              sign="×"
              onClick={() => onRemove(id)}
            />
          </li>
        )
      })}
      {ids.length > shown.length && <li class="unset">and {ids.length - shown.length} more</li>}
    </ul>
  )
}
