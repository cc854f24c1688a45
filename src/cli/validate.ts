/** `backo validate`: what is wrong with a backo.yaml, for people or for programs. Opens no store. */
import { findingsToJson } from '../config/findings.ts'
import { packageVersion } from '../version.ts'
import type { LoadedModel } from '../load-model.ts'
import { loadModel } from '../load-model.ts'
import { EXIT } from './exit-codes.ts'
import { showFindings } from './findings.ts'
import { complainAbout } from './start-failure.ts'
import type { Terminal } from './terminal.ts'
import { hasColor, painter } from './terminal.ts'

export type ValidateFormat = 'text' | 'json' | 'sarif'

export interface ValidateOptions {
  /** `--format json` */
  readonly json?: boolean
  readonly format?: ValidateFormat
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
    const model = await loadModel(file, { env: terminal.env, strict: options.strict === true })
    const { findings } = model
    await print(terminal, model, { file, format: options.json ? 'json' : options.format })
    const counts = findings.some(({ severity }) => severity === 'error' || options.strict === true)
    return counts ? EXIT.findings : EXIT.ok
  } catch (error) {
    return complainAbout(terminal, error)
  }
}

interface Printing {
  readonly file: string
  readonly format: ValidateFormat | undefined
}

async function print(
  terminal: Terminal,
  model: LoadedModel,
  { file, format = 'text' }: Printing,
): Promise<void> {
  const { out, cwd } = terminal
  const { findings, source } = model
  switch (format) {
    case 'json':
      out.write(`${JSON.stringify(findingsToJson(findings), null, 2)}\n`)
      return
    case 'sarif': {
      const { sarifOf } = await import('../config/sarif.ts')
      const sarif = sarifOf(findings, source, { cwd, version: packageVersion() })
      out.write(`${JSON.stringify(sarif, null, 2)}\n`)
      return
    }
    case 'text':
      if (findings.length > 0) showFindings(terminal, out, model)
      else out.write(`${painter(hasColor(terminal, out))('green', 'valid')} ${file}\n`)
      return
    default:
      format satisfies never
  }
}
