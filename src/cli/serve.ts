/** `backo serve`: an application on a port, until a signal ends it in order. */
import type { App, AppOptions } from '../app.ts'
import { announcement } from './announce.ts'
import { EXIT } from './exit-codes.ts'
import { humanLog } from './human-log.ts'
import { complainAbout } from './start-failure.ts'
import type { Terminal } from './terminal.ts'
import { complain, hasColor, painter } from './terminal.ts'
import type { Watch } from './watch.ts'
import { crewOfWorker } from './worker-figures.ts'
import {
  expectShareable,
  leave,
  portOfWorkers,
  serveByWorkers,
  stopAsked,
  workerNumber,
} from './workers.ts'

export interface ServeOptions {
  readonly port?: number
  readonly host?: string
  /** how many processes serve; default 1 */
  readonly workers?: number
  /** reloads on a change of the configuration */
  readonly watch?: boolean
}

const SIGNALS = { SIGINT: 2, SIGTERM: 15 } as const

/** Resolves when serving has ended: 0 in order, 1 with findings, 2 when it could not start. */
export async function serve(
  terminal: Terminal,
  file: string,
  options: ServeOptions,
): Promise<number> {
  const worker = workerNumber()
  const { workers: count = 1, port } = options
  if (options.watch && count > 1) {
    const hint = 'leave --workers out while you work on the configuration'
    complain(terminal, '--watch is for one process: --workers can not be reloaded', hint)
    return EXIT.failed
  }
  const logStream =
    terminal.err.isTTY === true ? humanLog(terminal.err, paintFor(terminal)) : terminal.logStream
  if (worker === null && count > 1) {
    const { createLogs } = await import('../log.ts')
    const log = createLogs({ level: 'info', loggers: {} }, logStream).get('backoffice')
    return serveByWorkers(terminal, { count, port, log })
  }
  const stop = Promise.race([stopSignal(terminal, worker !== null), stopAsked()])
  let app: App | undefined
  let watch: Watch | undefined
  try {
    // signals are heard from the first moment on; the program takes its time to load
    const { createApp } = await import('../app.ts')
    app = await createApp(file, {
      env: terminal.env,
      ...(logStream ? { logStream } : {}),
      reloadable: options.watch === true,
      ...(worker === null ? {} : forWorker(worker)),
    })
    const address = await app.listen({ ...options, ...portOfWorkers() })
    watch = await followChanges(terminal, file, { app, options })
    if (worker === null || worker === 1) announce(terminal, app, address)
  } catch (error) {
    await app?.close()
    leave()
    return complainAbout(terminal, error)
  }
  await stop
  await watch?.close()
  await app.close()
  leave()
  return EXIT.ok
}

const forWorker = (worker: number): Partial<AppOptions> => {
  const crew = crewOfWorker()
  return { check: expectShareable, quiet: worker > 1, ...(crew && { crew }) }
}

/** By the files, and by SIGHUP where no terminal sends it at its end. What it takes is loaded when it is needed. */
async function followChanges(
  terminal: Terminal,
  file: string,
  { app, options }: { readonly app: App; readonly options: ServeOptions },
): Promise<Watch | undefined> {
  if (terminal.err.isTTY !== true && workerNumber() === null) {
    terminal.onHangup?.(() => {
      void import('./reload.ts').then(({ reload }) => reload(terminal, app))
    })
  }
  if (!options.watch) return undefined
  const { watchFiles } = await import('./watch.ts')
  return watchFiles(terminal, file, app)
}

/**
 * Resolves at the first signal; a second one, while requests in flight are finished, ends at once. A worker
 * leaves Ctrl+C, which reaches all of a terminal, to the one who minds it.
 */
async function stopSignal(terminal: Terminal, isWorker: boolean): Promise<void> {
  let asked = false
  return new Promise((resolve) => {
    terminal.onSignal((signal) => {
      if (isWorker && signal === 'SIGINT') return
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
