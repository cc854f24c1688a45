/**
 * The database as a file of its own, of one moment, while others write; and back. SQLite's backup begins anew when
 * another connection writes: a read transaction keeps the moment for it. Knows nothing of collections.
 */
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { copyFile, mkdir, readdir } from 'node:fs/promises'
import Database from 'better-sqlite3'
import type { ReadyStore, StoreBackup } from '../store-backup.ts'
import { StoreUnavailable } from '../store-unavailable.ts'
import { flushFile } from '../flush-file.ts'
import { openReader, unavailable } from './database.ts'
import { sqliteCode } from './sqlite-errors.ts'

const FILE = 'store.db'
/** Pages copied in one turn. */
const PAGES = 4000

export const sqliteBackup = (path: string): StoreBackup => ({
  save: async (folder) => {
    const to = join(folder, FILE)
    const files = [filesOf(path), filesOf(to)] as const
    // those that an item loses meanwhile are there already, those that it gets come after it
    await copyFiles(...files)
    await save(path, to)
    await copyFiles(...files)
  },
  expectIdle: async () => ({ filled: isFilled(path) }),
  ready: (folder) => ready(path, join(folder, FILE)),
})

/** The folder of contents that items refer to, which never change. */
const filesOf = (path: string): string => `${path}.files`

/** What is there is not copied again, what goes meanwhile is passed over. */
async function copyFiles(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return
  await mkdir(to, { recursive: true })
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) {
      if (entry.name !== 'incoming') await copyFiles(source, target)
    } else if (!existsSync(target))
      await copyFile(source, target).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error
      })
  }
}

async function save(path: string, to: string): Promise<void> {
  let db: Database.Database
  try {
    db = openReader(path)
  } catch (error) {
    throw unavailable(path, error)
  }
  try {
    db.exec('BEGIN')
    db.prepare('SELECT COUNT(*) FROM sqlite_schema').get()
    await db.backup(to, { progress: () => PAGES })
  } catch (error) {
    throw unavailable(path, error)
  } finally {
    db.close()
  }
  expectWhole(to, { alone: true })
  flushFile(to)
}

/** `alone`: the copy is made one file, without a log beside it */
function expectWhole(path: string, { alone = false } = {}): void {
  let db: Database.Database | undefined
  try {
    db = new Database(path, { fileMustExist: true })
    if (alone) db.pragma('journal_mode = DELETE')
    const found = db.pragma('integrity_check(1)', { simple: true })
    if (found !== 'ok') throw new StoreUnavailable(`SQLite: ${path} is damaged: ${String(found)}`)
  } catch (error) {
    throw unavailable(path, error)
  } finally {
    db?.close()
  }
}

/** What can't be read is something too. */
function isFilled(path: string): boolean {
  if (!existsSync(path)) return false
  let db: Database.Database | undefined
  try {
    db = new Database(path, { timeout: 0 })
    expectAlone(db, path)
    const tables = db
      .prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .all()
      .filter(({ name }) => !/^(?:sqlite_|_backo)/.test(name))
    return tables.some(({ name }) => {
      const quoted = `"${name.replaceAll('"', '""')}"`
      return db?.prepare(`SELECT 1 FROM ${quoted} LIMIT 1`).get() !== undefined
    })
  } catch (error) {
    if (error instanceof StoreUnavailable) throw error
    if (/^SQLITE_(?:NOTADB|CORRUPT)/.test(sqliteCode(error))) return true
    throw unavailable(path, error)
  } finally {
    db?.close()
  }
}

/** Out of its log a database comes only when nobody else has it open. */
function expectAlone(db: Database.Database, path: string): void {
  try {
    if (db.pragma('journal_mode = DELETE', { simple: true }) === 'delete') return
  } catch (error) {
    if (!sqliteCode(error).startsWith('SQLITE_BUSY')) throw error
  }
  throw new StoreUnavailable(`SQLite: ${path} is open in another program`, {
    hint: 'Stop the server first.',
  })
}

async function ready(path: string, from: string): Promise<ReadyStore> {
  expectWhole(from)
  const beside = `${path}.restore-${process.pid}`
  const drop = async (): Promise<void> => {
    rmSync(beside, { force: true })
    rmSync(filesOf(beside), { recursive: true, force: true })
  }
  try {
    mkdirSync(dirname(path), { recursive: true })
    copyFileSync(from, beside)
    await copyFiles(filesOf(from), filesOf(beside))
    flushFile(beside)
  } catch (error) {
    await drop()
    throw unavailable(path, error)
  }
  return {
    swap: async () => {
      // the log of what was there must not be put into what comes
      for (const more of ['-wal', '-shm', '-journal']) rmSync(path + more, { force: true })
      // items come last: they refer to what is there
      rmSync(filesOf(path), { recursive: true, force: true })
      if (existsSync(filesOf(beside))) renameSync(filesOf(beside), filesOf(path))
      renameSync(beside, path)
      flushFile(dirname(path))
    },
    drop,
  }
}
