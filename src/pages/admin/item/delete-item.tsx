/** Deleting an item: asked first; where something still refers to it, the server says what, and so does this. */
import { ask, confirm } from '../ui/dialog.tsx'
import { notify } from '../ui/notices.tsx'
import { deleteItem } from '../wire/api.ts'
import { humanName, keepsDeleted, type CollectionMeta } from '../wire/meta.ts'
import { Problem, wordsOf } from '../wire/request.ts'

/** @returns it is gone */
export async function askDelete(meta: CollectionMeta, id: string, label: string): Promise<boolean> {
  const text = keepsDeleted(meta)
    ? `“${label}” is put aside. You find it under Deleted, and can bring it back.`
    : `“${label}” is deleted for good.`
  if (!(await confirm('Delete this item?', text, { label: 'Delete' }))) return false
  try {
    await deleteItem(meta.name, id)
    notify(`“${label}” is deleted`)
    return true
  } catch (error) {
    const problem = error instanceof Problem ? error : null
    const isHeld = problem?.status === 409
    await ask({
      title: isHeld ? 'It can not be deleted yet' : 'It was not deleted',
      text: (
        <>
          <p>
            {isHeld
              ? 'Other items still need this one. Change or delete them first.'
              : wordsOf(error)}
          </p>
          {isHeld && problem.faults.length === 0 && (
            <p>{plainWords(problem.message, meta.name, id)}</p>
          )}
          {problem && problem.faults.length > 0 && (
            <ul>
              {problem.faults.map(({ path, message }) => (
                <li key={path}>
                  {humanName(path.replace(/^\$\.?/, ''))}: {message}
                </li>
              ))}
            </ul>
          )}
        </>
      ),
      answers: [{ value: '', label: 'Close', kind: 'primary' }],
    })
    return false
  }
}

/** `authors/42: $.books must be empty` -> `Books must be empty` */
const plainWords = (message: string, coll: string, id: string): string =>
  message
    .replaceAll(`${coll}/${id}: `, '')
    .replaceAll(/\$\.([\w.]+)/g, (_all, path: string) => path.split('.').map(humanName).join(' · '))
