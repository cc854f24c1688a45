/** The items of a collection, or the rows of one of its selections: searched, filtered, sorted, a page at a time. */
import { useMemo } from 'preact/hooks'
import { textOf } from '../form/values.ts'
import { go, listPlace } from '../state/router.ts'
import { useSession } from '../state/session.ts'
import { useLoad } from '../state/use-load.ts'
import { Heading } from '../ui/heading.tsx'
import { Link } from '../ui/link.tsx'
import { Empty, Failed, Loading } from '../ui/states.tsx'
import { describeItem, isAnonymous, runSelection, type Item, type Page } from '../wire/api.ts'
import { ALL, DELETED, humanName, type CollectionMeta, type SelectionMeta } from '../wire/meta.ts'
import { RestoreDeleted } from './restore-deleted.tsx'
import { FilterBar } from './filter-bar.tsx'
import { filterFields, filterOf } from './filters.ts'
import { labelField, searchFields } from './labels.ts'
import { readListQuery, wireQuery, writeListQuery, type ListQuery } from './list-query.ts'
import { Pager } from './pager.tsx'
import { Table } from './table.tsx'
import { itemTable, selectionTable, type Shown } from './shown.ts'
import { ColumnChooser, useColumns } from './column-chooser.tsx'

interface ListPageProps {
  readonly collection: CollectionMeta
  readonly selection: string | null
  readonly query: string
}

type Rows = Page<Item | readonly unknown[]>

export function ListPage({ collection, selection, query: text }: ListPageProps) {
  const { name } = collection
  const { user } = useSession()
  const query = useMemo(() => readListQuery(text), [text])
  const known = useLoad(`${name}`, (signal) => describeItem(name, {}, signal))
  const { rights, selections } = known.value ?? collection
  const fields = useMemo(() => filterFields(collection.item.sub_scheme ?? {}), [collection])
  const searched = searchFields(collection)
  const filter = filterOf(query.conditions, fields, { text: query.search, fields: searched })
  const wire = wireQuery(query)
  const asked = { selection: selection ?? ALL, filter, query: wire }
  const list = useLoad(`${name} ${JSON.stringify(asked)}`, (signal) =>
    runSelection<Item | readonly unknown[]>(name, asked, signal),
  )
  const change = (part: Partial<ListQuery>): void => {
    const isPaging = 'page' in part
    const next = { ...query, ...(isPaging ? {} : { page: 1, after: null }), ...part }
    void go(listPlace(name, selection, writeListQuery(next)), { replace: 'search' in part })
  }
  // a rule that looks at the item may say yes once it is filled in
  const mayTry =
    rights.create === true || (collection.rights.create === 'func' && !isAnonymous(user))
  const selected = collection.selections.find((each) => each.name === selection)
  const isDeleted = selection === DELETED
  const about = selected?.description ?? (selection === null ? collection.description : null)
  return (
    <>
      <Heading title={humanName(name)} about={about}>
        {mayTry && (
          <Link
            to={{ kind: 'new', coll: name }}
            class={rights.create ? 'button primary' : 'button'}
          >
            New item
          </Link>
        )}
      </Heading>
      <SelectionTabs coll={name} selections={selections} selection={selection} />
      {isDeleted || (
        <FilterBar
          key={`${name}/${selection ?? ''}`}
          query={query}
          fields={fields}
          searched={searched.length === 0 ? null : namesOf(searched)}
          onChange={change}
        />
      )}
      <ListRows
        {...{
          collection,
          selected: selection === null || isDeleted ? null : (selected ?? null),
          isDeleted,
          query,
          list,
          change,
        }}
      />
    </>
  )
}

/** Where a search looks, in few words. */
const namesOf = (fields: readonly string[]): string => {
  const names = fields.slice(0, 3).map((name) => humanName(name).toLowerCase())
  return `in ${names.join(', ')}${fields.length > names.length ? '…' : ''}`
}

interface ListRowsProps {
  readonly collection: CollectionMeta
  readonly selected: SelectionMeta | null
  readonly isDeleted: boolean
  readonly query: ListQuery
  readonly list: ReturnType<typeof useLoad<Rows>>
  readonly change: (part: Partial<ListQuery>) => void
}

function ListRows({ collection, selected, isDeleted, query, list, change }: ListRowsProps) {
  const [columns, choose] = useColumns(collection)
  const { value, error, isLoading, reload } = list
  if (error !== null) return <Failed error={error} onRetry={reload} />
  if (value === null) return <Loading />
  const shown: Shown = selected
    ? selectionTable(collection, selected, value.result as readonly (readonly unknown[])[])
    : itemTable(collection, columns, value.result as readonly Item[])
  const isFiltered = query.search !== '' || query.conditions.length > 0
  const sort = query.sort
  return (
    <div aria-busy={isLoading} class={isLoading ? 'stale' : undefined}>
      {selected === null && <ColumnChooser {...{ collection, columns, choose }} />}
      {value.result.length === 0 ? (
        <Empty>
          <p>
            {isFiltered
              ? 'Nothing matches these filters.'
              : isDeleted
                ? 'Nothing was deleted.'
                : 'Nothing is here yet.'}
          </p>
          {isFiltered && (
            <button type="button" onClick={() => change({ search: '', conditions: [] })}>
              Take the filters away
            </button>
          )}
        </Empty>
      ) : (
        <Table
          name={humanName(selected?.name ?? collection.name)}
          columns={shown.columns}
          rows={shown.rows}
          sort={sort}
          onSort={isDeleted ? null : (next) => change({ sort: next })}
          coll={collection.name}
          buttons={
            isDeleted
              ? (row) => (
                  <RestoreDeleted
                    coll={collection.name}
                    id={row.id}
                    label={textOf(row.at(labelField(collection) ?? '_id')) || row.id}
                    onDone={reload}
                  />
                )
              : null
          }
        />
      )}
      <Pager
        query={query}
        shown={value.result.length}
        total={value.total}
        next={value._next ?? null}
        onChange={change}
      />
    </div>
  )
}

interface SelectionTabsProps {
  readonly coll: string
  readonly selections: readonly SelectionMeta[]
  readonly selection: string | null
}

function SelectionTabs({ coll, selections, selection }: SelectionTabsProps) {
  const others = selections.filter(({ name, rights }) => name !== ALL && rights.read !== false)
  if (others.length === 0) return null
  return (
    <nav class="tabs" aria-label="Selections">
      <Link to={listPlace(coll)} current={selection === null}>
        All
      </Link>
      {others.map(({ name }) => (
        <Link key={name} to={listPlace(coll, name)} current={selection === name}>
          {name === DELETED ? 'Deleted' : humanName(name)}
        </Link>
      ))}
    </nav>
  )
}
