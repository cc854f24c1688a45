/** Brings a deleted item back. */
import { useState } from 'preact/hooks'
import { notify } from '../ui/notices.tsx'
import { runAction } from '../wire/api.ts'
import { Problem, wordsOf } from '../wire/request.ts'

interface RestoreDeletedProps {
  readonly coll: string
  readonly id: string
  readonly label: string
  readonly onDone: () => void
}

export function RestoreDeleted({ coll, id, label, onDone }: RestoreDeletedProps) {
  const [isRunning, setRunning] = useState(false)
  const restore = async (): Promise<void> => {
    setRunning(true)
    try {
      await runAction(coll, { action: 'restore', id, body: {} })
      notify(`“${label}” is back`)
      onDone()
    } catch (error) {
      const faults =
        error instanceof Problem
          ? error.faults.map(({ path, message }) => `${path}: ${message}`)
          : []
      notify([`It can not be brought back. ${wordsOf(error)}`, ...faults].join(' · '), 'error')
    }
    setRunning(false)
  }
  return (
    <button
      type="button"
      class="small"
      disabled={isRunning}
      aria-label={`Restore ${label}`}
      onClick={() => void restore()}
    >
      Restore
    </button>
  )
}
