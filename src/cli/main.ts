/**
 * argv -> exit code. The table of commands; the only folder that prints. What a command needs is loaded when it is
 * asked for: the program is most of the time that `--help` would take.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { addDocuments } from './document-commands.ts'
import { EXIT } from './exit-codes.ts'
import { addExport } from './export-command.ts'
import { addImport } from './import-command.ts'
