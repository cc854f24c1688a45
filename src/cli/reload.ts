/** A reload as the command tells it: `reloaded` in the log, or what is wrong, as `validate` shows it. */
import type { App } from '../app.ts'
import { ConfigError } from '../start-errors.ts'
import { complainAbout } from './start-failure.ts'
import type { Terminal } from './terminal.ts'

/** `refused`: the configuration is not right; `failed`: it is, and still can't be served. */
export type Outcome = 'reloaded' | 'refused' | 'failed'

export async function reload(terminal: Terminal, app: App): Promise<Outcome> {
  const log = app.logs.get('backoffice')
  try {
    const { config, restart } = await app.reload()
    log.info({ config }, 'reloaded')
    if (restart.length > 0) {
      const options = restart.map((key) => `server.${key}`)
      log.warn(
        { options },
        `restart needed: a change of ${options.join(', ')} holds from the next start on`,
      )
    }
    return 'reloaded'
  } catch (error) {
    tell(terminal, app, error)
    log.error({ config: app.model.hash }, 'not reloaded: what was served before is served on')
    return error instanceof ConfigError ? 'refused' : 'failed'
  }
}

/** A fault of the program must not end what serves. */
function tell(terminal: Terminal, app: App, error: unknown): void {
  try {
    complainAbout(terminal, error)
  } catch (fault) {
    app.logs.get('backoffice').error({ err: fault }, 'a fault of the program, please report it')
  }
}
