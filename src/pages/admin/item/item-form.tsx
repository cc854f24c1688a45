/** The form of an item: its fields, what is wrong, and the buttons; asks before what was typed is lost. */
import { useEffect, useMemo } from 'preact/hooks'
import { changesBetween } from '../form/changes.ts'
import { FormContext } from '../form/form-context.ts'
import { Fields } from '../form/field.tsx'
import type { Doc } from '../form/path.ts'
import type { Draft } from '../form/use-draft.ts'
import { guardLeaving } from '../state/router.ts'
import { confirm } from '../ui/dialog.tsx'
import { Failed, Loading } from '../ui/states.tsx'
import { FormErrors } from './form-errors.tsx'
import type { Saving } from './use-save.ts'

interface ItemFormProps {
  readonly coll: string
  readonly id: string | null
  readonly start: Doc
  readonly draft: Draft
  readonly saving: Saving
  readonly onSave: () => void
  readonly onCancel: () => void
}

const FORM = 'item'

export function ItemForm({ coll, id, start, draft, saving, onSave, onCancel }: ItemFormProps) {
  const { doc, meta, metaError, errors, change } = draft
  const scheme = meta?.item.sub_scheme
  const isDirty = scheme !== undefined && Object.keys(changesBetween(start, doc, scheme)).length > 0
  useUnsaved(isDirty && !saving.isSaving)
  const parts = useMemo(
    () => ({ coll, id, name: FORM, errors, change }),
    [coll, id, errors, change],
  )
  if (metaError !== null && !meta) return <Failed error={metaError} />
  if (!scheme || !meta) return <Loading />
  // whether one may create it depends on what it is: the server says, when it is sent
  const maySave = id === null || meta.rights.modify !== false
  return (
    <form
      class="item-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (!saving.isSaving) onSave()
      }}
      onKeyDown={(event) => {
        if (event.key !== 's' || !(event.ctrlKey || event.metaKey)) return
        event.preventDefault()
        if (!saving.isSaving && maySave) onSave()
      }}
    >
      {saving.refused && <FormErrors form={FORM} refused={saving.refused} still={errors} />}
      <FormContext.Provider value={parts}>
        <Fields scheme={maySave ? scheme : fixed(scheme)} path={[]} value={doc} />
      </FormContext.Provider>
      {maySave ? (
        <div class="form-buttons">
          <button
            type="submit"
            class="primary"
            disabled={saving.isSaving || (id !== null && !isDirty)}
          >
            {saving.isSaving ? 'Saving…' : id === null ? 'Create' : 'Save'}
          </button>
          <button
            type="button"
            onClick={onCancel}
            disabled={saving.isSaving || (id !== null && !isDirty)}
          >
            {id === null ? 'Cancel' : 'Discard changes'}
          </button>
          {isDirty && id !== null && <span class="hint">Not saved yet</span>}
          {id === null && meta.rights.create === false && (
            <span class="hint">You may not create this, as it is.</span>
          )}
        </div>
      ) : (
        <p class="hint">You may read this, not change it.</p>
      )}
    </form>
  )
}

/** Nobody changes an item that may not be modified. */
const fixed = (scheme: NonNullable<FieldScheme>): NonNullable<FieldScheme> =>
  Object.fromEntries(
    Object.entries(scheme).map(([name, field]) => [
      name,
      {
        ...field,
        rights: { ...field.rights, modify: false },
        ...(field.sub_scheme && { sub_scheme: fixed(field.sub_scheme) }),
      },
    ]),
  )

type FieldScheme = NonNullable<Draft['meta']>['item']['sub_scheme']

function useUnsaved(isDirty: boolean): void {
  useEffect(() => {
    if (!isDirty) return undefined
    return guardLeaving(() =>
      confirm(
        'Leave without saving?',
        'What you have changed here is not saved and would be lost.',
        {
          label: 'Leave',
        },
      ),
    )
  }, [isDirty])
}
