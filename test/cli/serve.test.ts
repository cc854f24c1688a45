/** `serve` from its first word to its last, in this process; the real bin is in test/examples. */
import t from 'tap'
import { main } from '../../src/cli/main.ts'
import { fakeTerminal } from './fake-terminal.ts'

const YAML = `
backo: 1
name: myApp
storage: { default: { type: memory } }
collections:
  users: { fields: { name: String } }
`

t.test('in a terminal: where, what to try, where the data is', async (t) => {
  const fake = fakeTerminal({
    cwd: t.testdir({ 'backo.yaml': YAML }),
    tty: true,
    env: { NO_COLOR: '1' },
  })
  const ended = main(['serve', '--port', '0'], fake.terminal)
  const [, url = ''] = await fake.said(/is served at (\S+)[^]*end {3}Ctrl/)
  t.match(url, /^http:\/\/127\.0\.0\.1:\d+\/myApp$/)
  t.match(fake.err(), `curl ${url}/users\n`)
  t.match(fake.err(), /data {2}in memory/)
  const answer = await fetch(`${url}/users`)
  t.match(await answer.json(), { result: [], total: 0 })
  fake.signal('SIGTERM')
  t.equal(await ended, 0)
  await t.rejects(fetch(`${url}/users`), 'the port is free again')
  t.equal(fake.out(), '', 'nothing is on stdout')
})

t.test('without a terminal: one line of JSON says the same', async (t) => {
  const fake = fakeTerminal({ cwd: t.testdir({ 'backo.yaml': YAML }) })
  const ended = main(['serve', '--port', '0'], fake.terminal)
  await fake.said(/is served at.*\n/)
  const line = JSON.parse(
    fake
      .err()
      .split('\n')
      .find((each) => each.includes('is served at')) ?? '{}',
  ) as Record<string, unknown>
  t.match(line, {
    level: 'info',
    logger: 'backoffice',
    url: /^http/,
    try: /^curl http/,
    data: [/memory/],
  })
  fake.signal('SIGINT')
  t.equal(await ended, 0)
})

t.test('a signal before it serves ends it too', async (t) => {
  const fake = fakeTerminal({ cwd: t.testdir({ 'backo.yaml': YAML }), tty: true })
  const ended = main(['serve', '--port', '0'], fake.terminal)
  fake.signal('SIGINT')
  t.equal(await ended, 0)
})
