/** The actions of an item as buttons: those that exist for it; those that this user may not run say so. */
import { useState } from 'preact/hooks'
import { mayLeave } from '../state/router.ts'
import { confirm } from '../ui/dialog.tsx'
import { notify } from '../ui/notices.tsx'
import { runAction } from '../wire/api.ts'
import { humanName, restoreOf, type ActionMeta, type CollectionMeta } from '../wire/meta.ts'
import { wordsOf } from '../wire/request.ts'
import { ActionDialog } from './action-dialog.tsx'

interface ActionsProps {
  readonly meta: CollectionMeta
  readonly id: string
  readonly onDone: () => void
}

export function Actions({ meta, id, onDone }: ActionsProps) {
  const [open, setOpen] = useState<ActionMeta | null>(null)
  // versions have a place of their own
  const restore = restoreOf(meta)
  const actions = meta.actions.filter((action) => action !== restore && action.rights.see !== false)
  if (actions.length === 0) return null
  const done = (action: ActionMeta): void => {
    notify(`${humanName(action.name)}: done`)
    setOpen(null)
    onDone()
  }
  const start = async (action: ActionMeta): Promise<void> => {
    // what is not saved would be lost when the item is shown as the action left it
    if (!(await mayLeave())) return
    if (Object.keys(action.schema.sub_scheme ?? {}).length > 0) return setOpen(action)
    const title = `${humanName(action.name)}?`
    const text = action.description ?? 'This runs the action on this item.'
    if (!(await confirm(title, text, { label: humanName(action.name), kind: 'primary' }))) return
    try {
      await runAction(meta.name, { action: action.name, id, body: {} })
      done(action)
    } catch (error) {
      notify(`${humanName(action.name)}: ${wordsOf(error)}`, 'error')
    }
  }
  return (
    <>
      {actions.map((action) => (
        <button
          key={action.name}
          type="button"
          disabled={action.rights.execute === false}
          title={
            action.rights.execute === false
              ? 'You do not have the right to do this'
              : (action.description ?? undefined)
          }
          onClick={() => void start(action)}
        >
          {humanName(action.name)}
        </button>
      ))}
      {open && (
        <ActionDialog
          coll={meta.name}
          id={id}
          action={open}
          onDone={() => done(open)}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  )
}
