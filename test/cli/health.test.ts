/** `backo health`, against a server of this process. */
import t from 'tap'
import { createApp } from '../../src/app.ts'
import { main } from '../../src/cli/main.ts'
import { fakeTerminal } from './fake-terminal.ts'

const yaml = (server: string): string => `
backo: 1
name: app
server: ${server}
storage: { default: { type: memory } }
collections: { users: { fields: { name: String } } }
`

t.test('of a server that is well, by its file and by a URL', async (t) => {
  const cwd = t.testdir({ 'backo.yaml': yaml('{ port: 0, prefix: /api }') })
  const app = await createApp(`${cwd}/backo.yaml`, { logStream: { write: () => undefined } })
  const address = await app.listen()
  const { port } = new URL(address)
  const other = t.testdir({ 'backo.yaml': yaml(`{ host: 0.0.0.0, port: ${port}, prefix: /api }`) })
  for (const [args, said] of [
    [['health'], `ok config ${app.model.hash}\n`],
    [['health', '--live'], 'ok\n'],
    [['health', '--url', `${address}/api`], `ok config ${app.model.hash}\n`],
  ] as const) {
    const fake = fakeTerminal({ cwd: other })
    t.equal(await main(args, fake.terminal), 0)
    t.equal(fake.out(), said)
  }
  const wrong = fakeTerminal({ cwd: other })
  t.equal(await main(['health', '--url', address], wrong.terminal), 1, 'another path')
  t.match(wrong.err(), 'it answers 404: no route GET /_health/ready')
  await app.close()
  const gone = fakeTerminal({ cwd: other })
  t.equal(await main(['health'], gone.terminal), 1)
  t.match(gone.err(), `http://127.0.0.1:${port} does not answer: ECONNREFUSED`)
})

t.test('what cannot be asked', async (t) => {
  const cwd = t.testdir({ 'backo.yaml': yaml('{ port: 0 }') })
  for (const [args, code, said] of [
    [['health'], 1, 'the port is any that is free (0)'],
    [['health', 'none.yaml'], 1, 'none.yaml'],
    [['health', '--url', 'ftp://x'], 2, 'a URL is http://host:port'],
    [['health', '--timeout', 'soon'], 2, 'a duration is'],
  ] as const) {
    const fake = fakeTerminal({ cwd })
    t.equal(await main(args, fake.terminal), code, args.join(' '))
    t.match(fake.err(), said)
  }
})
