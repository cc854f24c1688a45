/** Why a start failed, as the terminal shows it, and the exit code that says so. */
import { StoreUnavailable } from '../connectors/store-unavailable.ts'
import { ConfigError, StartError } from '../start-errors.ts'
import { EXIT } from './exit-codes.ts'
import { showFindings } from './findings.ts'
import type { Terminal } from './terminal.ts'
import { complain } from './terminal.ts'

/** @throws what is a fault of the program, so that its stack is seen */
export function complainAbout(terminal: Terminal, error: unknown): number {
  if (error instanceof ConfigError) {
    showFindings(terminal, terminal.err, error)
    return EXIT.findings
  }
  if (error instanceof StartError || error instanceof StoreUnavailable) {
    complain(terminal, error.message, error.hint)
    return EXIT.failed
  }
  throw error
}
