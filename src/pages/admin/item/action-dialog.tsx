/** The arguments of an action as a form, in a dialog; what is wrong is said at them. */
import { useCallback, useMemo, useState } from 'preact/hooks'
import { freshDraft, newItem } from '../form/changes.ts'
import { placeFaults, without, type Errors, NO_ERRORS } from '../form/faults.ts'
import { Fields } from '../form/field.tsx'
import { FormContext } from '../form/form-context.ts'
import { isDict, selectorOf, setAt, type Doc, type Path } from '../form/path.ts'
import { Dialog } from '../ui/dialog.tsx'
import { runAction } from '../wire/api.ts'
import { humanName, type ActionMeta } from '../wire/meta.ts'
import { Problem, wordsOf } from '../wire/request.ts'
import { FormErrors, type Refused } from './form-errors.tsx'

interface ActionDialogProps {
  readonly coll: string
  readonly id: string
  readonly action: ActionMeta
  readonly onDone: () => void
  readonly onClose: () => void
}

const FORM = 'action'

export function ActionDialog({ coll, id, action, onDone, onClose }: ActionDialogProps) {
  const scheme = action.schema.sub_scheme ?? {}
  const [doc, setDoc] = useState<Doc>(() => freshDraft(scheme))
  const [errors, setErrors] = useState<Errors>(NO_ERRORS)
  const [refused, setRefused] = useState<Refused | null>(null)
  const [isRunning, setRunning] = useState(false)
  const change = useCallback((path: Path, value: unknown) => {
    setDoc((now) => {
      const next = setAt(now, path, value)
      return isDict(next) ? next : now
    })
    setErrors((now) => without(now, selectorOf(path)))
  }, [])
  const parts = useMemo(() => ({ coll, id: null, name: FORM, errors, change }), [coll, errors])
  const run = async (): Promise<void> => {
    setRunning(true)
    try {
      await runAction(coll, { action: action.name, id, body: newItem(doc, scheme) })
      onDone()
    } catch (error) {
      const placed = placeFaults(error instanceof Problem ? error.faults : [], scheme)
      setErrors(placed.errors)
      setRefused({
        ...placed,
        message: wordsOf(error),
        hint: error instanceof Problem ? error.hint : null,
      })
      setRunning(false)
    }
  }
  return (
    <Dialog title={humanName(action.name)} onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (!isRunning) void run()
        }}
      >
        {action.description && <p class="dialog-text">{action.description}</p>}
        {refused && <FormErrors form={FORM} refused={refused} still={errors} />}
        <FormContext.Provider value={parts}>
          <Fields scheme={scheme} path={[]} value={doc} />
        </FormContext.Provider>
        <div class="buttons">
          <button type="submit" class="primary" disabled={isRunning}>
            {isRunning ? 'Running…' : humanName(action.name)}
          </button>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  )
}
