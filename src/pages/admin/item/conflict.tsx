/** Somebody else has changed the item meanwhile: what they changed, beside what was typed here, and a choice. */
import { getAt, isSame, type Doc } from '../form/path.ts'
import { localTime, textOf } from '../form/values.ts'
import { ask } from '../ui/dialog.tsx'
import { humanName, type Scheme } from '../wire/meta.ts'
import type { Stored } from './use-save.ts'

interface Sides {
  /** as it was when the form was opened */
  readonly before: Doc
  readonly mine: Doc
  readonly theirs: Stored
  readonly scheme: Scheme
}

/** `mine`: save over theirs; `theirs`: drop mine; `stay`: go on editing. */
export async function askConflict({
  before,
  mine,
  theirs,
  scheme,
}: Sides): Promise<'mine' | 'theirs' | 'stay'> {
  const names = Object.keys(scheme).filter(
    (name) => !name.startsWith('_') && !isSame(before[name], theirs.item[name]),
  )
  const who = getAt(theirs.item, ['_meta', 'modified_by', 'login'])
  const when = getAt(theirs.item, ['_meta', 'mtime'])
  const by = typeof who === 'string' && who !== 'ANONYMOUS' ? who : 'Somebody'
  const answer = await ask({
    title: 'Somebody changed this item',
    text: (
      <>
        <p>
          {by} saved this item{typeof when === 'string' && ` on ${localTime(when)}`}, after you had
          opened it.
        </p>
        {names.length > 0 && (
          <table class="compare">
            <thead>
              <tr>
                <th scope="col">Field</th>
                <th scope="col">Theirs</th>
                <th scope="col">Yours</th>
              </tr>
            </thead>
            <tbody>
              {names.map((name) => (
                <tr key={name}>
                  <th scope="row">{humanName(name)}</th>
                  <td>{textOf(theirs.item[name], scheme[name]) || 'Not set'}</td>
                  <td>
                    {isSame(before[name], mine[name])
                      ? 'Not changed'
                      : textOf(mine[name], scheme[name]) || 'Not set'}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        <p>Only the fields that you changed would be saved over theirs.</p>
      </>
    ),
    answers: [
      { value: 'mine', label: 'Save my changes', kind: 'primary' },
      { value: 'theirs', label: 'Drop mine, show theirs', kind: 'danger' },
      { value: 'stay', label: 'Go on editing' },
    ],
  })
  return answer === 'mine' || answer === 'theirs' ? answer : 'stay'
}
