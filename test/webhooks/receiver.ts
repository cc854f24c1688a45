/** A receiver of webhooks that answers as it is told to, and remembers what came. */
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'tap'

export interface Posted {
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly type: string
  readonly id: string
}

export interface Receiver {
  readonly url: string
  readonly came: Posted[]
  /** a status, or `hang`; asked for each that comes, 204 at first */
  answer: (posted: Posted, count: number) => number | 'hang'
  readonly until: (count: number) => Promise<readonly Posted[]>
}

export async function receiver(t: Test): Promise<Receiver> {
  const came: Posted[] = []
  const server = createServer((request, reply) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (part: string) => (body += part))
    request.on('end', () => {
      const { type, data } = JSON.parse(body) as { type: string; data: { _id: string } }
      const posted = { headers: request.headers, body, type, id: data._id }
      came.push(posted)
      const status = self.answer(posted, came.length)
      if (status === 'hang') return
      reply.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end('thanks')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const self: Receiver = {
    url: `http://127.0.0.1:${port}/hook`,
    came,
    answer: () => 204,
    async until(count) {
      const end = AbortSignal.timeout(15_000)
      while (came.length < count) {
        if (end.aborted) throw new Error(`${came.length} of ${count} came`)
        await pause(10)
      }
      return came
    },
  }
  return self
}
