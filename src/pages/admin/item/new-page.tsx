/** A new item: a form that starts with the defaults. */
import { useMemo } from 'preact/hooks'
import { freshDraft } from '../form/changes.ts'
import { useDraft } from '../form/use-draft.ts'
import { forgetLabels } from '../list/labels.ts'
import { go, itemPlace, listPlace } from '../state/router.ts'
import { Heading } from '../ui/heading.tsx'
import { Link } from '../ui/link.tsx'
import { notify } from '../ui/notices.tsx'
import { humanName, type CollectionMeta } from '../wire/meta.ts'
import { ItemForm } from './item-form.tsx'
import { useSave } from './use-save.ts'

export function NewPage({ collection }: { readonly collection: CollectionMeta }) {
  const { name } = collection
  const fresh = useMemo(() => freshDraft(collection.item.sub_scheme ?? {}), [collection])
  const draft = useDraft(name, null, fresh)
  const saving = useSave(name, null, draft)
  const save = async (): Promise<void> => {
    const outcome = await saving.save()
    if (outcome === null || outcome === 'conflict') return
    forgetLabels(name)
    notify('Created')
    // one who may not read what was made is told its id alone
    const mayRead = Object.keys(outcome.item).length > 1
    await go(mayRead ? itemPlace(name, outcome.item._id) : listPlace(name), {
      unasked: true,
      replace: true,
    })
  }
  return (
    <>
      <Heading above={<Link to={listPlace(name)}>{humanName(name)}</Link>} title="New item" />
      <ItemForm
        coll={name}
        id={null}
        start={fresh}
        draft={draft}
        saving={saving}
        onSave={() => void save()}
        onCancel={() => void go(listPlace(name))}
      />
    </>
  )
}
