/** Streams of events without a network: how many, how slow, and their end. */
import t from 'tap'
import { createEventStreams } from '../../src/http/event-streams.ts'
import type { EventFrame, Events } from '../../src/operations/events/open-events.ts'

/** As many frames as are taken; `ended` tells how often it was let go of. */
function endless(): { events: () => Promise<Events>; made: () => number; ended: () => number } {
  let made = 0
  let ended = 0
  async function* follow(signal: AbortSignal): AsyncGenerator<EventFrame> {
    try {
      while (!signal.aborted) {
        made++
        yield {
          kind: 'told',
          cursor: 'c',
          event: 'created',
          id: 'a',
          item: `"${'x'.repeat(1000)}"`,
        }
      }
    } finally {
      ended++
    }
  }
  return {
    events: async () => ({ cursor: 'c', follow }),
    made: () => made,
    ended: () => ended,
  }
}

void t.test('a client that takes nothing is ended, and little was made for it', async (t) => {
  const streams = createEventStreams({ patience: 50 })
  const source = endless()
  // its own timers let the process end
  const stay = setInterval(() => undefined, 1000)
  t.teardown(() => clearInterval(stay))
  const stream = await streams.open('a', source.events)
  stream.read(0)
  await new Promise((resolve) => stream.once('close', resolve))
  t.ok(source.made() < 50, `${source.made()} frames`)
  t.equal(source.ended(), 1)
})

void t.test('too many, in all and of one; who has left makes room', async (t) => {
  const streams = createEventStreams({ connections: 3, per_user: 2 })
  const open = (who: string) => streams.open(who, endless().events)
  const first = await open('a')
  await open('a')
  await t.rejects(open('a'), /too many/)
  await open('b')
  await t.rejects(open('b'), /too many/, 'of all')
  first.destroy()
  await new Promise((resolve) => first.once('close', resolve))
  await open('b')
  await t.rejects(
    streams.open('c', () => Promise.reject(new Error('refused'))),
    /too many/,
  )
  streams.close()
})

void t.test('the end of the server ends all', async (t) => {
  const streams = createEventStreams()
  const source = endless()
  const stream = await streams.open('a', source.events)
  streams.close()
  await t.rejects(streams.open('a', source.events), /about to end/)
  stream.resume()
  await new Promise((resolve) => stream.once('close', resolve))
  t.equal(source.ended(), 1)
})
