/** `backo openapi`: the document that `serve` gives at `/<app>/openapi.json`, on stdout. Opens no store. */
import { openapiDocument } from '../http/openapi/openapi-document.ts'
import { servingOf } from '../http/openapi/serving.ts'
import { servedRoutes } from '../http/routes.ts'
import { loadModel } from '../load-model.ts'
import { ConfigError } from '../start-errors.ts'
import { EXIT } from './exit-codes.ts'
import { complainAbout } from './start-failure.ts'
import type { Terminal } from './terminal.ts'

/** 0, 1 with findings in the configuration, 2 when it could not run. */
export async function openapi(terminal: Terminal, file: string): Promise<number> {
  try {
    const { model, findings, source } = await loadModel(file, { env: terminal.env })
    if (!model) throw new ConfigError(findings, source)
    const serving = servingOf(model.config, servedRoutes(model.config.server))
    const document = openapiDocument(model.backoffice, serving)
    terminal.out.write(`${JSON.stringify(document, null, 2)}\n`)
    return EXIT.ok
  } catch (error) {
    return complainAbout(terminal, error)
  }
}
