/** Traces, as a collector gets them by OTLP over HTTP. */
import { createServer } from 'node:http'
import { once } from 'node:events'
import t from 'tap'
import { createApp } from '../../src/app.ts'

interface Span {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
}

t.test('a request, its operation, the store and hooks, and no value of anyone', async (t) => {
  let sent = ''
  const collector = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => (sent += chunk.toString()))
    request.on('end', () => response.setHeader('content-type', 'application/json').end('{}'))
  }).listen(0, '127.0.0.1')
  await once(collector, 'listening')
  t.teardown(() => collector.close())
  const { port } = collector.address() as { port: number }
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = `http://127.0.0.1:${port}`
  t.teardown(() => delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'])
  const directory = t.testdir({ 'hooks.js': 'export const check = async () => undefined' })
  const text = {
    backo: 1,
    name: 'app',
    server: { telemetry: true },
    hooks: './hooks.js',
    storage: { default: { type: 'memory' } },
    collections: { users: { fields: { name: 'String' }, on: { before_save: 'check' } } },
  }
  const app = await createApp({ text, directory }, { logStream: { write: () => undefined } })
  const trace = '0af7651916cd43dd8448eb211c80319c'
  await app.inject({
    method: 'POST',
    url: '/app/users?_view=secretview',
    headers: { traceparent: `00-${trace}-b7ad6b7169203331-01` },
    payload: { name: 'secretvalue' },
  })
  await app.inject({ method: 'POST', url: '/app/users', payload: { name: 'secretvalue' } })
  await app.inject('/_health/live')
  await app.close()
  const { resourceSpans } = JSON.parse(sent) as {
    resourceSpans: { scopeSpans: { spans: Span[] }[] }[]
  }
  const all = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
  const named = (name: string): Span | undefined =>
    all.find((span) => span.name === name && span.traceId !== trace)
  const request = named('POST /:app/:coll')
  const operation = named('createItem')
  t.ok(request)
  t.equal(operation?.parentSpanId, request?.spanId)
  for (const name of ['memory commit', 'hook check'])
    t.equal(named(name)?.parentSpanId, operation?.spanId, name)
  const followed = all.find((span) => span.traceId === trace && span.name === 'POST /:app/:coll')
  t.equal(followed?.parentSpanId, 'b7ad6b7169203331', 'the trace goes on')
  t.notMatch(sent, /secret|_health/)
})
