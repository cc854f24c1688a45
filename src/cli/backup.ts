/** `backo backup` and `backo restore`: what is saved, and where. The work is transfer/'s. */
import { resolve } from 'node:path'
import { withBackup } from './backup-arguments.ts'
import { openConnectors } from '../open-connectors.ts'
import { createLogs } from '../log.ts'
import { writeBackup } from '../transfer/backup.ts'
import type { Manifest } from '../transfer/manifest.ts'
import { modelHash } from '../transfer/manifest.ts'
import { restoreBackup } from '../transfer/restore.ts'
import { complainOf, expectStores, modelOf } from './application.ts'
import { EXIT } from './exit-codes.ts'
import { packageVersion } from '../version.ts'
import type { Terminal } from './terminal.ts'
import { hasColor, painter } from './terminal.ts'

export interface RestoreCommandOptions {
  readonly force?: boolean
}

/** 0, 1 with findings in the configuration, 2 when it could not run. */
export async function backup(terminal: Terminal, args: readonly string[]): Promise<number> {
  try {
    const { file, folder } = withBackup(args)
    const model = await modelOf(terminal, resolve(terminal.cwd, file))
    expectStores(model)
    const manifest = await writeBackup({
      backoffice: model.backoffice,
      storage: model.config.storage,
      version: packageVersion(),
      folder: resolve(terminal.cwd, folder),
      begins: saying(terminal, 'saving'),
    })
    terminal.out.write(`${folder}: ${sizeOf(manifest)}, ${manifest.at}\n`)
    return EXIT.ok
  } catch (error) {
    return complainOf(terminal, error)
  }
}

/** 0, 1 with findings in the configuration, 2 when it could not run. */
export async function restore(
  terminal: Terminal,
  args: readonly string[],
  { force = false }: RestoreCommandOptions,
): Promise<number> {
  try {
    const { file, folder } = withBackup(args)
    const { backoffice, config } = await modelOf(terminal, resolve(terminal.cwd, file))
    const { storage } = config
    const manifest = await restoreBackup({
      backoffice,
      storage,
      folder: resolve(terminal.cwd, folder),
      force,
      begins: saying(terminal, 'restoring'),
    })
    // indexes are made, and what is there is seen to be a store
    const logs = createLogs({ level: 'error', loggers: {} }, terminal.logStream)
    const open = await openConnectors(storage, backoffice.storage, logs, { lenient: true })
    await Promise.all([...open.values()].map((connector) => connector.close()))
    terminal.out.write(`restored: ${folder}, ${sizeOf(manifest)}, ${manifest.at}\n`)
    if (manifest.model !== modelHash(backoffice))
      terminal.err.write('the model has changed since: backo migrate tells what does not fit\n')
    return EXIT.ok
  } catch (error) {
    return complainOf(terminal, error)
  }
}

function saying(terminal: Terminal, what: string): (storage: string) => void {
  const paint = painter(hasColor(terminal, terminal.err))
  return (storage) => void terminal.err.write(`${paint('dim', `${what} ${storage}`)}\n`)
}

function sizeOf({ files }: Manifest): string {
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  const mib = bytes / 2 ** 20
  const size = mib < 1 ? `${Math.ceil(bytes / 1024)} KiB` : `${mib.toFixed(1)} MiB`
  return `${files.length} file${files.length === 1 ? '' : 's'}, ${size}`
}
