/** One item: its fields to edit, its actions, its history, its end. */
import { useEffect, useState } from 'preact/hooks'
import { useDraft } from '../form/use-draft.ts'
import { localTime } from '../form/values.ts'
import { getAt } from '../form/path.ts'
import { forgetLabels, labelOf } from '../list/labels.ts'
import { go, itemPlace, listPlace } from '../state/router.ts'
import { useLoad } from '../state/use-load.ts'
import { Link } from '../ui/link.tsx'
import { notify } from '../ui/notices.tsx'
import { Heading } from '../ui/heading.tsx'
import { Failed, Loading } from '../ui/states.tsx'
import { readItem } from '../wire/api.ts'
import { humanName, keepsVersions, type CollectionMeta } from '../wire/meta.ts'
import { wordsOf } from '../wire/request.ts'
import { Actions } from './actions.tsx'
import { askConflict } from './conflict.tsx'
import { askDelete } from './delete-item.tsx'
import { History } from './history.tsx'
import { ItemForm } from './item-form.tsx'
import { useSave, type Stored } from './use-save.ts'

interface ItemPageProps {
  readonly collection: CollectionMeta
  readonly id: string
  readonly tab: 'form' | 'history'
}

export function ItemPage({ collection, id, tab }: ItemPageProps) {
  const { name } = collection
  const { value, error, reload } = useLoad(`${name}/${id}`, async (signal): Promise<Stored> => {
    const { body, etag } = await readItem(name, id, signal)
    return { item: body, etag }
  })
  const back = <Link to={listPlace(name)}>{humanName(name)}</Link>
  if (error !== null) {
    return (
      <>
        <Heading above={back} title={id} />
        <Failed error={error} onRetry={reload} />
      </>
    )
  }
  if (value === null) return <Loading />
  return <LoadedItem key={id} {...{ collection, tab, reload }} first={value} />
}

interface LoadedItemProps {
  readonly collection: CollectionMeta
  readonly tab: 'form' | 'history'
  readonly first: Stored
  readonly reload: () => void
}

/** The item as it is kept, as it is edited, and how the one becomes the other. */
function useEditing(coll: string, first: Stored) {
  const [stored, setStored] = useState(first)
  const draft = useDraft(coll, stored.item, {})
  const saving = useSave(coll, stored, draft)
  const begin = (next: Stored): void => {
    setStored(next)
    draft.restart(next.item)
    saving.forget()
    forgetLabels(coll)
  }
  useEffect(() => {
    if (first !== stored) begin(first)
  }, [first])
  const save = async (etag?: string | null): Promise<void> => {
    const outcome = await saving.save(etag)
    if (outcome === null) return
    if (outcome !== 'conflict') {
      begin(outcome)
      notify('Saved')
      return
    }
    const { body, etag: latest } = await readItem(coll, stored.item._id)
    const theirs = { item: body, etag: latest }
    const scheme = draft.meta?.item.sub_scheme ?? {}
    const answer = await askConflict({ before: stored.item, mine: draft.doc, theirs, scheme })
    if (answer === 'theirs') begin(theirs)
    else if (answer === 'mine') await save(latest)
  }
  return { stored, draft, saving, save: () => void save().catch(tell) }
}

const tell = (error: unknown): void => notify(wordsOf(error), 'error')

function LoadedItem({ collection, tab, first, reload }: LoadedItemProps) {
  const coll = collection.name
  const { stored, draft, saving, save } = useEditing(coll, first)
  const { item } = stored
  const label = labelOf(item, collection)
  const meta = draft.meta ?? collection
  const remove = async (): Promise<void> => {
    if (await askDelete(meta, item._id, label)) await go(listPlace(coll), { unasked: true })
  }
  return (
    <>
      <Heading above={<Link to={listPlace(coll)}>{humanName(coll)}</Link>} title={label}>
        {draft.meta && <Actions meta={meta} id={item._id} onDone={reload} />}
        {draft.meta && meta.rights.delete !== false && (
          <button type="button" class="danger" onClick={() => void remove()}>
            Delete
          </button>
        )}
      </Heading>
      {keepsVersions(collection) && <Tabs coll={coll} id={item._id} tab={tab} />}
      <div hidden={tab !== 'form'}>
        <ItemForm
          {...{ coll, draft, saving }}
          id={item._id}
          start={item}
          onSave={save}
          onCancel={() => draft.restart(item)}
        />
        <Facts item={item} />
      </div>
      {tab === 'history' && (
        <History key={stored.etag ?? ''} meta={meta} id={item._id} onRestored={reload} />
      )}
    </>
  )
}

interface TabsProps {
  readonly coll: string
  readonly id: string
  readonly tab: 'form' | 'history'
}

const Tabs = ({ coll, id, tab }: TabsProps) => (
  <nav class="tabs" aria-label="Parts of this item">
    <Link to={itemPlace(coll, id)} current={tab === 'form'}>
      Fields
    </Link>
    <Link to={itemPlace(coll, id, 'history')} current={tab === 'history'}>
      History
    </Link>
  </nav>
)

/** Who made it and when; its id. */
function Facts({ item }: { readonly item: Stored['item'] }) {
  const fact = (when: string, by: string): string => {
    const time = getAt(item, ['_meta', when])
    const who = getAt(item, ['_meta', by, 'login'])
    return `${typeof time === 'string' ? localTime(time) : ''}${typeof who === 'string' && who !== '' ? ` by ${who}` : ''}`
  }
  return (
    <dl class="facts">
      <div>
        <dt>_id</dt>
        <dd>
          <code>{item._id}</code>
        </dd>
      </div>
      <div>
        <dt>Created</dt>
        <dd>{fact('ctime', 'created_by')}</dd>
      </div>
      <div>
        <dt>Changed</dt>
        <dd>{fact('mtime', 'modified_by')}</dd>
      </div>
    </dl>
  )
}
