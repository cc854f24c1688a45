/** Findings of a configuration as a person reads them, on the output that a command chose. */
import type { ConfigSource, Finding } from '../config/config.ts'
import { formatFindings } from '../config/format-findings.ts'
import type { Output, Terminal } from './terminal.ts'
import { hasColor } from './terminal.ts'

export interface Found {
  readonly findings: readonly Finding[]
  readonly source: ConfigSource
}

export function showFindings(
  terminal: Terminal,
  output: Output,
  { findings, source }: Found,
): void {
  const { columns } = output
  const color = hasColor(terminal, output)
  const options = { color, cwd: terminal.cwd, ...(columns === undefined ? {} : { width: columns }) }
  output.write(formatFindings(findings, source, options))
}
