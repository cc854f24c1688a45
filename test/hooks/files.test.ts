/** Files in hooks: read, set from a Buffer, copied to another item. */
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { world, type Given } from '../operations/world.ts'

const YAML = `
collections:
  docs:
    fields:
      name: String
      f: { type: File, max_size: 100 }
      list: { type: List, items: File }
    on: { before_save: look }
    actions: { go: { hook: go } }
`

const file = (text: string, more: object = {}): object => ({
  filename: 'a.txt',
  content_type: 'text/plain',
  content: Buffer.from(text).toString('base64'),
  ...more,
})

t.test('files in hooks', async (t) => {
  let go: (context: Given) => unknown = () => undefined
  const seen: unknown[] = []
  const w = await world(YAML, {
    hooks: {
      go: (context: Given) => go(context),
      look: async ({ item }: Given) => {
        if (item.f) seen.push(String(await item.f.content()))
      },
    },
  })
  t.teardown(() => w.close())
  const { body } = await w.call('POST /app/docs', { f: file('hello'), list: [file('one')] })
  t.strictSame(seen, ['hello'], 'a new content can be read before it is kept')
  const run = async (
    code: (context: Given) => unknown,
  ): Promise<{ status: number; body: Given }> => {
    go = code
    return (await w.call(`POST /app/docs/_actions/go/${body._id}`)) as never
  }
  const read = await run(async ({ item }) => [
    Object.keys(item.f),
    String(await item.f.content()),
    String(await buffer(await item.list[0].stream())),
    item.status,
  ])
  t.strictSame(read.body, [['filename', 'content_type', 'size', 'sha256'], 'hello', 'one', 'SAVED'])
  const content = Buffer.from('"from a buffer"')
  const set = await run(async ({ item }) => {
    item.f = { filename: 'b.txt', content_type: 'text/plain', content }
    item.list.push({ ...item.list[0], content: await item.list[0].content() })
    await item.save()
    return [String(await item.f.content()), item.list.length]
  })
  t.strictSame(set.body, ['"from a buffer"', 2])
  t.match((await w.call(`GET /app/docs/${body._id}`)).body, { f: { filename: 'b.txt', size: 15 } })
  const other = await run(async ({ item, backoffice }) => {
    const copy = await backoffice.docs.create({
      f: { ...item.f, content: await item.f.content() },
    })
    return copy._id
  })
  const copied = await w.call(`GET /app/docs/${other.body}/f`)
  t.equal(copied.status, 200)
  const large = await run(async ({ item }) => {
    item.f = { filename: 'b', content_type: 'text/plain', content: Buffer.alloc(101, 'x') }
    await item.save()
  })
  t.equal(large.status, 413, 'the bounds are those of clients')
  const claimed = await run(async ({ backoffice, item }) => backoffice.docs.create({ f: item.f }))
  t.equal(claimed.status, 400, 'what an item shows of a file is not the file')
})
