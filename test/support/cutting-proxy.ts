/** A way to a server that can be cut: what was sent has come, and the answer has not. */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

export interface CuttingProxy {
  readonly port: number
  /** cuts every connection; new ones work */
  readonly cut: () => void
  /** resolves when a client has sent something since */
  readonly spoken: () => Promise<unknown>
  readonly close: () => Promise<void>
}

export async function cuttingProxy(target: number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      // what is cut complains
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', () => server.emit('spoken'))
    client.pipe(upstream)
    upstream.pipe(client)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = (): void => sockets.forEach((socket) => socket.destroy())
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    spoken: () => once(server, 'spoken'),
    close: async () => {
      server.close()
      cut()
      await once(server, 'close')
    },
  }
}
