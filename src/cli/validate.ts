/** `backo validate`: what is wrong with a backo.yaml, for people or for programs. Opens no store. */
import { findingsToJson } from '../config/findings.ts'
import { loadModel } from '../load-model.ts'
import { EXIT } from './exit-codes.ts'
import { showFindings } from './findings.ts'
import { complainAbout } from './start-failure.ts'
import type { Terminal } from './terminal.ts'
import { hasColor, painter } from './terminal.ts'

export interface ValidateOptions {
  readonly json?: boolean
  /** warnings count */
  readonly strict?: boolean
}

/** 0, 1 with findings that count, 2 when it could not run. */
export async function validate(
  terminal: Terminal,
  file: string,
  options: ValidateOptions,
): Promise<number> {
  try {
    const model = await loadModel(file, { env: terminal.env })
    const { findings } = model
    if (options.json) terminal.out.write(`${JSON.stringify(findingsToJson(findings), null, 2)}\n`)
    else if (findings.length > 0) showFindings(terminal, terminal.out, model)
    else {
      const paint = painter(hasColor(terminal, terminal.out))
      terminal.out.write(`${paint('green', 'valid')} ${file}\n`)
    }
    const counts = findings.some(({ severity }) => severity === 'error' || options.strict === true)
    return counts ? EXIT.findings : EXIT.ok
  } catch (error) {
    return complainAbout(terminal, error)
  }
}
