/** How many there are, which of them are shown, and the way to the others. */
import { typedIn } from '../form/input.ts'
import { SIZES, type ListQuery } from './list-query.ts'

interface PagerProps {
  readonly query: ListQuery
  readonly shown: number
  readonly total: number | undefined
  readonly next: string | null
  readonly onChange: (change: Partial<ListQuery>) => void
}

export function Pager({ query: { page, size }, shown, total, next, onChange }: PagerProps) {
  const from = (page - 1) * size + 1
  const range = shown === 0 ? 'None' : `${from}–${from + shown - 1}`
  return (
    <nav class="pager" aria-label="Pages">
      <p aria-live="polite">
        {range}
        {total !== undefined && ` of ${total.toLocaleString()}`}
      </p>
      <label>
        <span>A page</span>
        <select
          value={String(size)}
          onChange={(event) => onChange({ size: Number(typedIn(event)) })}
        >
          {SIZES.map((each) => (
            <option key={each} value={String(each)}>
              {each}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        disabled={page <= 1}
        onClick={() => onChange({ page: page - 1, after: null })}
      >
        Previous
      </button>
      <button
        type="button"
        disabled={next === null}
        onClick={() => onChange({ page: page + 1, after: next })}
      >
        Next
      </button>
    </nav>
  )
}
