/**
 * `serve --watch`: reloads when a file that the configuration is made of changes, appears or goes. The only file that
 * knows chokidar; folders are watched, as editors put a new file in the place of the old one.
 */
import { dirname } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { watch } from 'chokidar'
import type { App } from '../app.ts'
import type { ConfigSource } from '../config/config.ts'
import { loadConfig } from '../config/load-config.ts'
import type { Logger } from '../log.ts'
import { reload, type Outcome } from './reload.ts'
import type { Terminal } from './terminal.ts'
import { differ, printsOf, watchedFiles, type Prints, type WatchedFiles } from './watched-files.ts'

export interface Watch {
  readonly close: () => Promise<void>
}

/** Milliseconds of quiet after the last change: an editor makes several of one save. */
const QUIET = 60
/** Clocks of file systems are coarse: a file may be that much younger than it says. */
const COARSE = 20

interface Watched {
  readonly source: ConfigSource
  readonly files: WatchedFiles
  readonly folders: Folders
  readonly hash: string
}

/** Resolves once no change is missed any more. */
export async function watchFiles(terminal: Terminal, file: string, app: App): Promise<Watch> {
  const log = app.logs.get('backoffice')
  let timer: NodeJS.Timeout | undefined
  let closed = false
  const changed = (): void => {
    clearTimeout(timer)
    if (closed) return
    timer = setTimeout(() => {
      settling = settling.then(settle).catch((error: unknown) => {
        log.error({ err: error }, 'changes could not be looked at')
      })
    }, QUIET)
  }
  const look = async (former?: Watched): Promise<Watched> => {
    const { source, config, hash } = await loadConfig(file, { env: terminal.env })
    // what can't be read names no hooks: those that serve are watched on
    const files = await watchedFiles(source, [...(config?.hooks ?? []), ...app.config.hooks])
    const kept = former && isDeepStrictEqual(former.files, files)
    const folders = kept ? former.folders : await watchFolders(files, changed, log)
    if (!kept) await former?.folders.close()
    return { source, files, folders, hash }
  }
  let outcome: Outcome = 'reloaded'
  /** until what was read is what is there */
  const settle = async (): Promise<void> => {
    let now = await printsOf(watched.files, watched.source)
    let due = outcome === 'failed' || differ(prints, now)
    while (due && !closed) {
      const began = Date.now() - COARSE
      outcome = await reload(terminal, app)
      watched = await look(watched)
      // a file that has gone meanwhile is none of what is watched now
      const then = await printsOf(watched.files, watched.source, now.keys())
      due = differ(now, then, began)
      now = then
    }
    prints = now
  }
  const begin = async (): Promise<void> => {
    watched = await look()
    prints = await printsOf(watched.files, watched.source)
    if (watched.hash === app.model.hash) return
    // edited while the server was starting
    outcome = 'failed'
    changed()
  }
  let watched: Watched
  let prints: Prints
  let settling = begin()
  await settling
  return {
    close: async () => {
      closed = true
      clearTimeout(timer)
      await settling
      await watched.folders.close()
    },
  }
}

interface Folders {
  readonly close: () => Promise<void>
}

/** Tells of every change in the folders: whether it matters is seen in the files. */
async function watchFolders(
  files: WatchedFiles,
  changed: () => void,
  log: Logger,
): Promise<Folders> {
  const watchers = [
    watch([...files.folders], { ...OPTIONS, depth: 0, ignored: isOther(files) }),
    ...(files.deep.length > 0 ? [watch([...files.deep], { ...OPTIONS, ignored: HIDDEN })] : []),
  ]
  await Promise.all(
    watchers.map(async (watcher) => {
      watcher.on('all', changed)
      // a system has so many watches and no more: SIGHUP reloads still
      watcher.on('error', (error) => log.warn({ err: error }, 'some changes will not be seen'))
      await new Promise<void>((resolve) => watcher.once('ready', resolve))
    }),
  )
  return {
    close: async () => {
      await Promise.all(watchers.map((watcher) => watcher.close()))
    },
  }
}

const OPTIONS = { ignoreInitial: true } as const
const HIDDEN = /(?:^|[/\\])(?:\.[^/\\.][^/\\]*|node_modules)(?:[/\\]|$)/

/** Files that are none of ours, and folders in a folder of ours: the data of a store may be there. */
const isOther =
  ({ files, folders, patterns }: WatchedFiles) =>
  (path: string): boolean =>
    !files.has(path) && !folders.has(path) && !patterns.has(dirname(path))
