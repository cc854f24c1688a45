/** Which columns a list shows. */
import { useState } from 'preact/hooks'
import type { CollectionMeta } from '../wire/meta.ts'
import { allColumns, chosenColumns, keepColumns, usualColumns } from './columns.ts'

type Choose = (paths: readonly string[] | null) => void

export function useColumns(collection: CollectionMeta): readonly [readonly string[], Choose] {
  const [, draw] = useState(0)
  const choose: Choose = (paths) => {
    keepColumns(collection.name, paths)
    draw((count) => count + 1)
  }
  return [chosenColumns(collection), choose]
}

interface ColumnChooserProps {
  readonly collection: CollectionMeta
  readonly columns: readonly string[]
  readonly choose: Choose
}

export function ColumnChooser({ collection, columns, choose }: ColumnChooserProps) {
  const all = allColumns(collection)
  const isUsual = columns.join() === usualColumns(collection).join()
  const toggle = (path: string): void => {
    const next = columns.includes(path)
      ? columns.filter((each) => each !== path)
      : all.map((each) => each.path).filter((each) => each === path || columns.includes(each))
    if (next.length > 0) choose(next)
  }
  return (
    <details class="columns">
      <summary>Columns</summary>
      <div class="choices" role="group" aria-label="Columns">
        {all.map(({ path, label }) => (
          <label key={path}>
            <input type="checkbox" checked={columns.includes(path)} onChange={() => toggle(path)} />
            {label}
          </label>
        ))}
        {!isUsual && (
          <button type="button" class="small" onClick={() => choose(null)}>
            As at first
          </button>
        )}
      </div>
    </details>
  )
}
