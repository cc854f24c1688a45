/** `backo backup` and `backo restore` on the command line. The work is backup.ts's, loaded when it is asked for. */
import type { Command } from 'commander'
import type { RestoreCommandOptions } from './backup.ts'
import type { Terminal } from './terminal.ts'

export function addBackup(
  program: Command,
  terminal: Terminal,
  done: (code: number) => void,
): void {
  program
    .command('backup')
    .description('save all stores as files, while they are served')
    .argument('[file]', 'the configuration; may be left out: backo backup /backups/monday')
    .argument('[folder]', 'where to: a folder that is not there yet, or is empty')
    .addHelpText('after', BACKUP_HELP)
    .action(async (first: string | undefined, second: string | undefined) => {
      const { backup } = await import('./backup.ts')
      done(
        await backup(
          terminal,
          [first, second].filter((each) => each !== undefined),
        ),
      )
    })
  program
    .command('restore')
    .description('put a backup in the place of what the stores hold; no server may run')
    .argument('[file]', 'the configuration; may be left out: backo restore /backups/monday')
    .argument('[folder]', 'the backup')
    .option('--force', 'what the stores hold is lost, or the backup is of another application')
    .addHelpText('after', RESTORE_HELP)
    .action(
      async (
        first: string | undefined,
        second: string | undefined,
        options: RestoreCommandOptions,
      ) => {
        const { restore } = await import('./backup.ts')
        const args = [first, second].filter((each) => each !== undefined)
        done(await restore(terminal, args, options))
      },
    )
}

const EXITS =
  'Exit codes: 0 done, 1 findings in the configuration, 2 it could not run: nothing was changed.'

const BACKUP_HELP = `
Of one moment, whatever is written meanwhile (sqlite, mongodb); a yaml folder can't be saved while it is served.
Former versions and deleted items are in it too. ${EXITS}`

const RESTORE_HELP = `
The backup is checked first, then made ready beside each store, then put in place. ${EXITS}`
