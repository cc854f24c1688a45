/** Signals of a command that ends in order: what is under way is finished; a second signal ends at once. */
import type { Terminal } from './terminal.ts'

export interface Stop {
  asked: boolean
}

export function stopOnSignal(terminal: Terminal): Stop {
  const stop = { asked: false }
  terminal.onSignal((signal) => {
    if (stop.asked) terminal.exit(signal === 'SIGINT' ? 130 : 143)
    stop.asked = true
  })
  return stop
}
