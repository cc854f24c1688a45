/** `server.tls`: what is wrong with the files, and a certificate that is renewed. Made by openssl where there is one. */
import { execFileSync } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'
import t from 'tap'
import { createApp, type App } from '../../src/app.ts'

function pair(directory: string, name: string): boolean {
  const file = (kind: string): string => join(directory, `${name}.${kind}`)
  const args = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2'.split(
    ' ',
  )
  try {
    execFileSync(
      'openssl',
      [...args, '-subj', `/CN=${name}`, '-keyout', file('key'), '-out', file('cert')],
      { stdio: 'ignore' },
    )
    return true
  } catch {
    return false
  }
}

const serve = async (directory: string, tls: object, lines: string[] = []): Promise<App> => {
  const text = {
    backo: 1,
    name: 'app',
    server: { port: 0, tls },
    storage: { default: { type: 'memory' } },
    collections: { users: { fields: { name: 'String' } } },
  }
  const logStream = { write: (line: string) => void lines.push(line) }
  return createApp({ text, directory }, { logStream })
}

/** Who the certificate of the server is made out to. */
const nameAt = (address: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname: host, port } = new URL(address)
    const socket = connect({ host, port: Number(port), rejectUnauthorized: false }, () => {
      const { CN } = socket.getPeerCertificate().subject
      resolve(String(CN))
      socket.end()
    }).on('error', reject)
  })

t.test('files that are not right', async (t) => {
  const directory = t.testdir({ 'no.pem': 'hello' })
  const made = pair(directory, 'one') && pair(directory, 'two')
  const rows: [object, RegExp][] = [
    [{ cert: './none.pem', key: './no.pem' }, /server\.tls\.cert: \S+none\.pem is not there/],
    [{ cert: './no.pem', key: './no.pem' }, /server\.tls\.cert: \S+ is no certificate in PEM/],
  ]
  if (made) {
    rows.push(
      [
        { cert: 'one.cert', key: 'two.key' },
        /tls\.key: \S+two\.key is not the key of \S+one\.cert/,
      ],
      [{ cert: 'one.cert', key: 'no.pem' }, /tls\.key: \S+ is no private key in PEM/],
    )
  }
  for (const [tls, message] of rows)
    await t.rejects(serve(directory, tls), { name: 'StartError', message })
})

t.test('a renewed certificate is served, a broken one is not', async (t) => {
  const directory = t.testdir({})
  if (!(pair(directory, 'one') && pair(directory, 'two')))
    return t.pass('no openssl', { skip: true })
  const lines: string[] = []
  const app = await serve(directory, { cert: 'one.cert', key: 'one.key' }, lines)
  t.teardown(() => app.close())
  const address = await app.listen()
  t.match(address, /^https:/)
  t.equal(await nameAt(address), 'one')
  for (const kind of ['key', 'cert'])
    copyFileSync(join(directory, `two.${kind}`), join(directory, `one.${kind}`))
  while (!lines.some((line) => line.includes('read again')))
    await new Promise((resolve) => setTimeout(resolve, 50))
  t.equal(await nameAt(address), 'two')
})
