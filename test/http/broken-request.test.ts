/** Bytes on the wire that are no HTTP request, or never become one: over a real socket. */
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { fakeServer } from './fake-server.ts'

const exchange = (port: number, bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString()
    })
    socket.on('close', () => resolve(text))
    socket.on('error', reject)
  })

const ROWS = [
  { name: 'not HTTP', bytes: 'hello\r\n\r\n', expect: /^HTTP\/1\.1 400 Bad Request/ },
  {
    name: 'a header without a colon',
    bytes: 'GET / HTTP/1.1\r\nHost: x\r\nbad\r\n\r\n',
    expect: /^HTTP\/1\.1 400/,
  },
  {
    name: 'headers too large',
    bytes: `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    expect: /^HTTP\/1\.1 431/,
  },
]

t.test('broken requests are answered as problems', async (t) => {
  const { fastify } = fakeServer()
  t.teardown(() => fastify.close())
  await fastify.listen({ port: 0, host: '127.0.0.1' })
  const { port } = fastify.server.address() as AddressInfo
  for (const row of ROWS) {
    const answer = await exchange(port, row.bytes)
    t.match(answer, row.expect, row.name)
    t.match(answer, /application\/problem\+json[^]*"errors":\[\]/, row.name)
  }
})
