/**
 * Streams of server-sent events: their text, how many there may be, and their end. A client that does not take what
 * it is given is ended: nothing piles up here, and it finds all of it when it comes back. Knows no items.
 */
import { Readable } from 'node:stream'
import { backoError } from '../errors.ts'
import type { EventFrame, Events } from '../operations/events/open-events.ts'

export interface EventLimits {
  /** streams of this process */
  readonly connections: number
  /** streams of a user, of an address of the anonymous */
  readonly per_user: number
  /** milliseconds without an event, after which a comment is sent */
  readonly heartbeat: number
  /** milliseconds in which a client must have taken what it was given */
  readonly patience: number
}

export const EVENT_LIMITS: EventLimits = {
  connections: 2000,
  per_user: 200,
  heartbeat: 15_000,
  patience: 30_000,
}

/** Nothing between us and the client may hold events back, or keep them. */
export const EVENT_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-store, no-transform',
  'x-accel-buffering': 'no',
}

/** Milliseconds after which a client that lost us comes back. */
const RETRY = 2000
/** Milliseconds that a client has to take the end. */
const LAST = 500
/** Bytes that wait to be taken before no more are made. */
const BUFFER = 16_384

export interface EventStreams {
  readonly heartbeat: number
  /** @throws BackoError 429 when there are too many, before anything is asked */
  readonly open: (who: string, events: () => Promise<Events>) => Promise<Readable>
  /** ends all, and lets no more in */
  readonly close: () => void
  readonly closed: () => boolean
}

export function createEventStreams(given: Partial<EventLimits> = {}): EventStreams {
  const limits = { ...EVENT_LIMITS, ...given }
  const open = new Map<AbortController, Readable | null>()
  const counts = new Map<string, number>()
  let closed = false
  const leave = (who: string, control: AbortController): void => {
    if (!open.delete(control)) return
    const left = (counts.get(who) ?? 1) - 1
    if (left > 0) counts.set(who, left)
    else counts.delete(who)
    control.abort()
  }
  return {
    heartbeat: limits.heartbeat,
    async open(who, events) {
      if (closed) throw tooMany('the server is about to end')
      if (open.size >= limits.connections) throw tooMany('there are too many streams of events')
      const own = counts.get(who) ?? 0
      if (own >= limits.per_user) throw tooMany('you have too many streams of events')
      const control = new AbortController()
      open.set(control, null)
      counts.set(who, own + 1)
      try {
        const { cursor, follow } = await events()
        const end = (): void => leave(who, control)
        const { patience } = limits
        const stream = streamOf(cursor, follow(control.signal), { end, patience })
        open.set(control, stream)
        return stream
      } catch (error) {
        leave(who, control)
        throw error
      }
    },
    closed: () => closed,
    close() {
      closed = true
      for (const [control, stream] of open) {
        control.abort()
        // who does not even take the end
        if (stream) setTimeout(() => stream.destroy(), LAST).unref()
      }
    },
  }
}

const tooMany = (message: string): Error =>
  backoError('BACKO_REQUEST_TOO_MANY', message, { headers: { 'retry-after': '5' } })

interface Life {
  readonly patience: number
  /** once it is over, however */
  readonly end: () => void
}

function streamOf(
  cursor: string,
  frames: AsyncGenerator<EventFrame>,
  { patience, end }: Life,
): Readable {
  let pulling = false
  let timer: NodeJS.Timeout | undefined
  const stream = new Readable({
    highWaterMark: BUFFER,
    read() {
      clearTimeout(timer)
      if (!pulling) void pull()
    },
    destroy(error, done) {
      clearTimeout(timer)
      end()
      frames.return(undefined).catch(() => undefined)
      done(error)
    },
  })
  /** Until it is full: then the client has a while to take something. */
  const pull = async (): Promise<void> => {
    pulling = true
    let room = true
    try {
      while (room) {
        const { value, done } = await frames.next()
        if (stream.destroyed) return
        if (done === true) {
          stream.push(null)
          return
        }
        room = stream.push(textOf(value))
      }
      timer = setTimeout(() => stream.destroy(), patience).unref()
    } catch {
      // his rights ended, or the store is away: either is told when he comes back
      stream.push(null)
    } finally {
      pulling = false
    }
  }
  stream.push(`: connected\nretry: ${RETRY}\nid: ${cursor}\n\n`)
  return stream
}

/** JSON has no line breaks: a line of data is enough. */
function textOf(frame: EventFrame): string {
  switch (frame.kind) {
    case 'told': {
      const item = frame.item === null ? '' : `,"item":${frame.item}`
      return `id: ${frame.cursor}\nevent: ${frame.event}\ndata: {"_id":${JSON.stringify(frame.id)}${item}}\n\n`
    }
    case 'idle':
      return `:\nid: ${frame.cursor}\n\n`
    case 'reset':
      return `id: ${frame.cursor}\nevent: reset\ndata: {}\n\n`
    default:
      return frame satisfies never
  }
}
