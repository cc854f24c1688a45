/** How far a command is, on a terminal; nothing where there is none. */
import type { Terminal } from './terminal.ts'

export interface ProgressBar {
  readonly at: (done: number) => void
  readonly end: () => void
}

const WIDTH = 24
/** milliseconds between two drawings */
const PACE = 100

/** @param total null: not known */
export function progressBar(terminal: Terminal, label: string, total: number | null): ProgressBar {
  const { err } = terminal
  if (err.isTTY !== true || terminal.env['TERM'] === 'dumb')
    return { at: () => undefined, end: () => undefined }
  let last = 0
  return {
    at: (done) => {
      const now = Date.now()
      if (now - last < PACE) return
      last = now
      err.write(`\r\u001b[K${label} ${bar(done, total)}`)
    },
    end: () => err.write('\r\u001b[K'),
  }
}

function bar(done: number, total: number | null): string {
  if (total === null || total === 0) return String(done)
  const part = Math.min(1, done / total)
  const full = Math.round(part * WIDTH)
  return `[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}] ${Math.floor(part * 100)}% ${done}/${total}`
}
