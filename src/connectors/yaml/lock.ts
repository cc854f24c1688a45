/**
 * One process a folder: a file that names the process which serves it. The lock of a process that is
 * gone is taken over; one of another machine when it was not renewed for a while.
 */
import {
  linkSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { StoreUnavailable } from '../store-unavailable.ts'
import { codeOf, removeFile, writeFile } from './disk.ts'

interface Holder {
  readonly pid: number
  /** tells a process from a later one with the same pid; null where the system does not say */
  readonly started: string | null
  readonly host: string
}

/** milliseconds */
const RENEW = 5_000
const STALE = 20_000

/** folders held by this process: its own pid in a lock says nothing else */
const held = new Set<string>()

export interface Lock {
  release(): void
}

/** Takes the lock, or rejects with a StoreUnavailable that names the process which has it. */
export function takeLock(path: string, folder: string): Lock {
  if (held.has(path)) throw taken(folder, process.pid)
  const text = JSON.stringify({ pid: process.pid, started: startOf(process.pid), host: hostname() })
  for (let attempt = 0; !create(path, text); attempt++) {
    const other = readHolder(path)
    if (other !== null && (attempt > 3 || isAlive(other.holder, path)))
      throw taken(folder, other.holder.pid)
    if (other !== null) removeStale(path, other.text)
  }
  held.add(path)
  const renewal = setInterval(() => renew(path), RENEW)
  renewal.unref()
  return {
    release: () => {
      clearInterval(renewal)
      if (held.delete(path)) removeFile(path)
    },
  }
}

function taken(folder: string, pid: number): StoreUnavailable {
  return new StoreUnavailable(`the folder ${folder} is in use by another process (pid ${pid})`, {
    hint: 'Stop that process first, or give this one another path.',
  })
}

/** The file appears with its content at once, or not at all; a loss of power leaves none that says nothing. */
function create(path: string, text: string): boolean {
  const own = `${path}.${process.pid}`
  writeFile(own, text, true)
  try {
    linkSync(own, path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    return createWithoutLinks(path, text)
  } finally {
    unlinkSync(own)
  }
}

/** on disks that have no links */
function createWithoutLinks(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

function readHolder(path: string): { readonly holder: Holder; readonly text: string } | null {
  try {
    const text = readFileSync(path, 'utf8')
    return { holder: parseHolder(text), text }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

function parseHolder(text: string): Holder {
  try {
    const { pid, started, host } = JSON.parse(text) as Partial<Holder>
    if (typeof pid === 'number' && typeof host === 'string')
      return { pid, host, started: started ?? null }
  } catch {
    // a lock that says nothing is like one of another machine
  }
  return { pid: 0, host: '', started: null }
}

function isAlive({ pid, started, host }: Holder, path: string): boolean {
  if (host !== hostname()) return Date.now() - statSync(path).mtimeMs < STALE
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
  const now = startOf(pid)
  return now !== GONE && (started === null || now === null || now === started)
}

/** killed, and its parent did not look yet */
const GONE = 'gone'

/** When a process began, in the system's own count (Linux only). */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? GONE : (fields[19] ?? null)
  } catch {
    return null
  }
}

/** Only the very lock that was found stale: another process may have taken it over meanwhile. */
function removeStale(path: string, text: string): void {
  const aside = `${path}.stale.${process.pid}`
  try {
    renameSync(path, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  if (readFileSync(aside, 'utf8') !== text) {
    try {
      linkSync(aside, path)
    } catch {
      // its holder is told by the next renewal
    }
  }
  unlinkSync(aside)
}

function renew(path: string): void {
  try {
    utimesSync(path, new Date(), new Date())
  } catch {
    // taken away by hand: nothing to be done about it here
  }
}
