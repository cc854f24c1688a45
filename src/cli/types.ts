/** `backo types`: TypeScript types of the collections and a typed client, on stdout. Opens no store. */
import { loadModel } from '../load-model.ts'
import { ConfigError } from '../start-errors.ts'
import { EXIT } from './exit-codes.ts'
import { complainAbout } from './start-failure.ts'
import type { Terminal } from './terminal.ts'
import { typesText } from './types/types-text.ts'

/** 0, 1 with findings in the configuration, 2 when it could not run. */
export async function types(terminal: Terminal, file: string): Promise<number> {
  try {
    const { model, findings, source } = await loadModel(file, { env: terminal.env })
    if (!model) throw new ConfigError(findings, source)
    terminal.out.write(typesText(model.backoffice))
    return EXIT.ok
  } catch (error) {
    return complainAbout(terminal, error)
  }
}
