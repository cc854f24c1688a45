/**
 * Every step that a program makes on a folder's files, and what a crash before that step would leave:
 * as a killed process leaves it, and as a machine that lost its power may (what was not flushed is old,
 * empty, half there or zeros). Import it before what it watches: it stands between that and node:fs.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { dirname, join, relative, sep } from 'node:path'

/** Files by path from the folder's root. */
export type Image = ReadonlyMap<string, Buffer>

export interface Step {
  /** `renameSync teams/t1.yml` */
  readonly name: string
  /** what a crash just before (or within) the step may leave, by the kind of crash */
  readonly images: ReadonlyMap<string, Image>
}

export interface Watcher {
  readonly onStep?: (step: Step) => void
  /** resolves before an asynchronous step is made: a test may do something else meanwhile */
  readonly gate?: (name: string) => Promise<void>
  /** is the disk full at this step? Half of what it writes is there then */
  readonly isFull?: (name: string) => boolean
}

interface Watch extends Watcher {
  readonly root: string
}

/** What of a path is not on the disk for sure. */
interface Dirty {
  /** what is found there when its name is not on the disk; null: nothing */
  lost: Buffer | null
  /** what of its bytes is on the disk */
  kept: Buffer | null
  /** are its bytes, is its name still to be flushed? */
  data: boolean
  name: boolean
  readonly folder: boolean
}

const real = { ...fs, open: fs.promises.open }
const dirty = new Map<string, Dirty>()
const paths = new Map<number, string>()
let watch: Watch | null = null
/** within a step: what node:fs itself calls is no step of its own */
let inside = false

/** Watches each step on the files under `root`, until the function given back is called. */
export function watchSteps(root: string, watcher: Watcher): () => void {
  watch = { ...watcher, root }
  dirty.clear()
  return () => (watch = null)
}

/** All files under a folder. */
export function imageOf(root: string): Image {
  const image = new Map<string, Buffer>()
  if (!real.existsSync(root)) return image
  for (const entry of real.readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile()) image.set(relative(root, path), real.readFileSync(path))
  }
  return image
}

const contentOf = (path: string): Buffer | null =>
  real.existsSync(path) ? real.readFileSync(path) : null

function watched(path: unknown): path is string {
  return watch !== null && !inside && typeof path === 'string' && path.startsWith(watch.root + sep)
}

function dirtyAt(path: string): Dirty {
  const known = dirty.get(path)
  if (known) return known
  const content = contentOf(path)
  const clean = { lost: content, kept: content, data: false, name: false, folder: false }
  dirty.set(path, clean)
  return clean
}

function markFolder(path: string): void {
  if (real.existsSync(path)) return
  dirty.set(path, { lost: null, kept: null, data: false, name: true, folder: true })
}

const markData = (path: string): void => void (dirtyAt(path).data = true)

function markName(path: string): Dirty {
  const state = dirtyAt(path)
  // were the change of the name lost, it would name what it names now
  if (!state.name) state.lost = state.kept
  state.name = true
  return state
}

/** A file that is there now, without any content yet. */
function markNew(path: string): void {
  const state = dirtyAt(path)
  if (!real.existsSync(path)) state.name = true
  state.kept = Buffer.alloc(0)
  state.data = true
}

/** Content goes along with a name, flushed or not. */
function markMoved(from: string, to: string): void {
  const { kept, data } = dirtyAt(from)
  Object.assign(markName(to), { kept, data })
}

/** Flushing a file keeps its content, flushing a folder keeps its names. */
function flushed(path: string): void {
  const own = dirty.get(path)
  if (own && !own.folder) Object.assign(own, { data: false, kept: contentOf(path) })
  for (const [each, state] of dirty) {
    if (dirname(each) === path) state.name = false
    if (!state.data && !state.name) dirty.delete(each)
  }
}

/** What of the unflushed may be found after the power has gone. */
type Lose = (now: Buffer | null, state: Dirty, place: number) => Buffer | null

const old: Lose = (now, { name, data, lost, kept }) => (name ? lost : data ? kept : now)

/** The name is there; of the bytes only those that were flushed and not changed since, and then `rest`. */
const partly =
  (rest: (lost: Buffer) => Buffer): Lose =>
  (now, { data, kept }) => {
    if (now === null || !data) return now
    const whole = kept !== null && now.subarray(0, kept.length).equals(kept) ? kept.length : 0
    return Buffer.concat([now.subarray(0, whole), rest(now.subarray(whole))])
  }

const LOSSES: readonly (readonly [string, Lose])[] = [
  ['old', old],
  ['some old', (now, state, place) => (place % 2 === 0 ? old(now, state, place) : now)],
  ['empty', partly(() => Buffer.alloc(0))],
  ['half', partly((lost) => lost.subarray(0, lost.length / 2))],
  ['zeros', partly((lost) => Buffer.alloc(lost.length))],
]

function report(call: string, path: string, bytes?: Buffer): void {
  if (watch?.onStep === undefined) return
  const { root, onStep } = watch
  const now = imageOf(root)
  const images = new Map<string, Image>([['killed', now]])
  const at = relative(root, path)
  if (bytes !== undefined && bytes.length > 1) {
    const before = now.get(at) ?? Buffer.alloc(0)
    const torn = Buffer.concat([before, bytes.subarray(0, bytes.length / 2)])
    images.set('torn', new Map([...now, [at, torn]]))
  }
  for (const loss of LOSSES) images.set(`power lost, ${loss[0]}`, withoutPower(root, now, loss))
  onStep({ name: `${call} ${at}`, images })
}

function withoutPower(root: string, now: Image, [kind, lose]: (typeof LOSSES)[number]): Image {
  const image = new Map(now)
  for (const [place, [each, state]] of [...dirty].entries()) {
    const name = relative(root, each)
    if (state.folder) {
      if (kind === 'old')
        for (const file of now.keys()) if (file.startsWith(name + sep)) image.delete(file)
      continue
    }
    const left = lose(now.get(name) ?? null, state, place)
    if (left === null) image.delete(name)
    else image.set(name, left)
  }
  return image
}

const bytesOf = (data: unknown): Buffer =>
  typeof data === 'string' ? Buffer.from(data) : (data as Buffer)

/** Makes the real call as one step. */
function within<T>(run: () => T): T {
  inside = true
  try {
    return run()
  } finally {
    inside = false
  }
}

type Call = (...given: readonly unknown[]) => unknown

interface Wrapped {
  readonly path: (given: readonly unknown[]) => unknown
  /** what the call writes */
  readonly bytes?: (given: readonly unknown[]) => Buffer
  readonly marks: (given: readonly unknown[]) => void
}

const first = ([path]: readonly unknown[]): unknown => path
const ofFile = ([file]: readonly unknown[]): unknown => paths.get(Number(file))
const pathOf = ([file]: readonly unknown[]): string => paths.get(Number(file)) ?? ''

const CALLS: Readonly<Record<string, Wrapped>> = {
  writeSync: {
    path: ofFile,
    bytes: ([, bytes, offset]) => bytesOf(bytes).subarray(Number(offset ?? 0)),
    marks: (given) => markData(pathOf(given)),
  },
  writeFileSync: {
    path: first,
    bytes: ([, text]) => bytesOf(text),
    marks: ([path]) => markNew(String(path)),
  },
  ftruncateSync: { path: ofFile, marks: (given) => markData(pathOf(given)) },
  unlinkSync: { path: first, marks: ([path]) => void markName(String(path)) },
  rmSync: { path: first, marks: ([path]) => void markName(String(path)) },
  mkdirSync: { path: first, marks: ([path]) => markFolder(String(path)) },
  linkSync: { path: ([, to]) => to, marks: ([from, to]) => markMoved(String(from), String(to)) },
  renameSync: {
    path: ([, to]) => to,
    marks: ([from, to]) => {
      markMoved(String(from), String(to))
      dirty.delete(String(from))
    },
  },
}

function wrap(name: string, { path, bytes, marks }: Wrapped): Call {
  const call = (real as unknown as Record<string, Call>)[name] as Call
  return (...given) => {
    const at = path(given)
    if (!watched(at)) return call(...given)
    const written = bytes?.(given)
    report(name, at, written)
    if (written !== undefined) fillDisk(name, at, written)
    marks(given)
    return within(() => call(...given))
  }
}

function fillDisk(name: string, path: string, bytes: Buffer): void {
  if (watch?.isFull?.(`${name} ${relative(watch.root, path)}`) !== true) return
  real.appendFileSync(path, bytes.subarray(0, bytes.length / 2))
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
}

function openSync(path: string, flags: string, mode?: number): number {
  const creates = watched(path) && flags !== 'r'
  if (creates) {
    report('openSync', path)
    if (flags === 'w' || !real.existsSync(path)) markNew(path)
  }
  const file = real.openSync(path, flags, mode)
  if (creates) paths.set(file, path)
  else paths.delete(file)
  return file
}

function fsyncSync(file: number): void {
  const path = paths.get(file)
  const seen = watched(path)
  if (seen) report('fsyncSync', path)
  real.fsyncSync(file)
  if (seen) flushed(path)
}

function fdatasync(file: number, done: (error: Error | null) => void): void {
  const path = paths.get(file)
  const seen = watched(path)
  if (seen) report('fdatasync', path)
  real.fdatasync(file, (error) => {
    if (seen) flushed(path)
    done(error)
  })
}

/** Only for flushing: what is written through it is not seen. */
async function open(path: string, flags?: string): Promise<fs.promises.FileHandle> {
  const handle = await real.open(path, flags)
  if (watched(path) || path === watch?.root) {
    const sync = handle.sync.bind(handle)
    handle.sync = async () => {
      const now = watch
      await now?.gate?.(`sync ${relative(now.root, path)}`)
      report('sync', path)
      await sync()
      flushed(path)
    }
  }
  return handle
}

for (const [name, wrapped] of Object.entries(CALLS))
  Object.assign(fs, { [name]: wrap(name, wrapped) })
Object.assign(fs, { openSync, fdatasync, fsyncSync })
Object.assign(fs.promises, { open })
syncBuiltinESMExports()
