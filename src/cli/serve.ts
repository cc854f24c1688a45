/** `backo serve`: an application on a port, until a signal ends it in order. */
import type { App } from '../app.ts'
import { createApp } from '../app.ts'
import { announcement } from './announce.ts'
import { EXIT } from './exit-codes.ts'
import { humanLog } from './human-log.ts'
import { complainAbout } from './start-failure.ts'
import type { Terminal } from './terminal.ts'
import { hasColor, painter } from './terminal.ts'

export interface ServeOptions {
  readonly port?: number
  readonly host?: string
}

const SIGNALS = { SIGINT: 2, SIGTERM: 15 } as const

/** Resolves when serving has ended: 0 in order, 1 with findings, 2 when it could not start. */
export async function serve(
  terminal: Terminal,
  file: string,
  options: ServeOptions,
): Promise<number> {
  const stop = stopSignal(terminal)
  let app: App | undefined
  try {
    const logStream =
      terminal.err.isTTY === true ? humanLog(terminal.err, paintFor(terminal)) : terminal.logStream
    app = await createApp(file, { env: terminal.env, ...(logStream ? { logStream } : {}) })
    announce(terminal, app, await app.listen(options))
  } catch (error) {
    await app?.close()
    return complainAbout(terminal, error)
  }
  await stop
  await app.close()
  return EXIT.ok
}

/** Resolves at the first signal; a second one, while requests in flight are finished, ends at once. */
async function stopSignal(terminal: Terminal): Promise<void> {
  let asked = false
  return new Promise((resolve) => {
    terminal.onSignal((signal) => {
      if (asked) terminal.exit(128 + SIGNALS[signal])
      asked = true
      resolve()
    })
  })
}

function announce(terminal: Terminal, app: App, address: string): void {
  const { url, curl, data } = announcement(app.config, address)
  if (terminal.err.isTTY !== true) {
    app.logs
      .get('backoffice')
      .info({ url, try: curl, data }, `${app.config.name} is served at ${url}`)
    return
  }
  const paint = paintFor(terminal)
  terminal.err.write(
    [
      `${paint('bold', app.config.name)} is served at ${paint('cyan', url)}`,
      `  ${paint('dim', 'try')}   ${curl}`,
      ...data.map((place) => `  ${paint('dim', 'data')}  ${place}`),
      `  ${paint('dim', 'end')}   Ctrl+C`,
      '',
    ].join('\n'),
  )
}

const paintFor = (terminal: Terminal): ReturnType<typeof painter> =>
  painter(hasColor(terminal, terminal.err))
