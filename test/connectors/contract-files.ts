/** Contents of files: whole or not at all, parts of them, and what a sweep takes. */
import { randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import type { ByteRange, FileStore } from '../../src/connectors/files/file-store.ts'
import { opened, type Group, type Test } from './contract-group.ts'

async function* chunks(...all: readonly (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const chunk of all) yield Buffer.from(chunk)
}

async function read(files: FileStore, id: string, range?: ByteRange): Promise<Buffer | null> {
  const found = await files.get(id, range)
  return found && buffer(found)
}

const later = (): number => Date.now() + 60_000
const nobody = async (): Promise<ReadonlySet<string>> => new Set()

export const fileCases: Group = {
  name: 'files',
  run: async (t, make) => {
    await t.test('kept and read', async (t) => {
      const { files } = await opened(t as Test, make)
      const large = randomBytes(700_000)
      const cases: readonly (readonly [string, Buffer])[] = [
        ['no byte', Buffer.alloc(0)],
        ['a few', Buffer.from('hello')],
        ['many', large],
      ]
      for (const [what, content] of cases) {
        const id = await files.put('users', chunks(content.subarray(0, 9), content.subarray(9)))
        t.ok((await read(files, id))?.equals(content), what)
      }
      const id = await files.put('users', chunks(large))
      for (const [start, end] of [
        [0, 0],
        [0, large.length - 1],
        [254_999, 520_001],
        [large.length - 1, large.length - 1],
      ] as const) {
        const part = await read(files, id, { start, end })
        t.ok(part?.equals(large.subarray(start, end + 1)), `${start}-${end}`)
      }
      const twice = await Promise.all([1, 2, 3].map(() => files.put('users', chunks('same'))))
      t.equal(new Set(twice).size, 3, 'the same content is kept as often as it comes')
      await files.remove([...twice.slice(1), 'users/nothing', id, id])
      t.equal(String(await read(files, twice[0] ?? '')), 'same')
      t.equal(await read(files, id), null)
      for (const odd of ['', 'x', '../../etc/passwd', 'users/../x', `users/${'../'.repeat(9)}etc`])
        t.equal(await files.get(odd), null, JSON.stringify(odd))
    })

    await t.test('a content that fails leaves nothing', async (t) => {
      const { files } = await opened(t as Test, make)
      const failure = new Error('the client went away')
      async function* failing(): AsyncGenerator<Buffer> {
        yield randomBytes(300_000)
        throw failure
      }
      await t.rejects(files.put('users', failing()), failure)
      t.equal(await files.sweep('users', { before: later(), used: nobody }), 0)
    })

    await t.test('a sweep', async (t) => {
      const { files } = await opened(t as Test, make)
      const ids: string[] = []
      for (let i = 0; i < 5; i++) ids.push(await files.put('users', chunks(`content ${i}`)))
      const other = await files.put('addrs', chunks('of others'))
      const used = async (asked: readonly string[]): Promise<ReadonlySet<string>> =>
        new Set(asked.filter((id) => id === ids[1] || id === ids[4]))
      const before = Date.now() - 60_000
      t.equal(await files.sweep('users', { before, used: nobody }), 0, 'young ones stay')
      t.equal(await files.sweep('users', { before: later(), used }), 3)
      for (const [i, id] of ids.entries())
        t.equal((await read(files, id)) !== null, i === 1 || i === 4, `content ${i}`)
      t.equal(String(await read(files, other)), 'of others', 'another collection is left alone')
    })
  },
}
