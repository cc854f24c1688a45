/** The yaml store's background writer: being asked when idle, or while more comes, does not stop it. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { FileWriter } from '../../src/connectors/yaml/file-writer.ts'
import { layoutOf } from '../../src/connectors/yaml/folder.ts'
import { recordingLog } from '../support/recording-log.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

function writerIn(root: string): FileWriter {
  const layout = layoutOf(root)
  mkdirSync(layout.own, { recursive: true })
  return new FileWriter({
    layout,
    links: () => {
      throw new Error('no links here')
    },
    log: recordingLog(),
    suspect: () => false,
    touched: [],
  })
}

function add(writer: FileWriter, file: string, text: string | null = file): void {
  const changes = { files: [{ file, before: null, text }], edges: [] }
  writer.announce(changes)
  writer.add(changes)
}

void t.test('what comes after an idle wait is written', async (t) => {
  const root = temporaryFolder(t)
  const writer = writerIn(root)
  await writer.written()
  await writer.flushed()
  add(writer, 'a.yml')
  await writer.flushed()
  t.equal(readFileSync(join(root, 'a.yml'), 'utf8'), 'a.yml')
  await writer.written()
  add(writer, 'a.yml', null)
  add(writer, 'b.yml')
  await writer.written()
  t.notOk(existsSync(join(root, 'a.yml')))
  t.equal(readFileSync(join(root, 'b.yml'), 'utf8'), 'b.yml')
  t.notOk(writer.pending(join(root, 'b.yml')))
})

void t.test('a change that comes while a flush waits is no failure', async (t) => {
  const root = temporaryFolder(t)
  const writer = writerIn(root)
  add(writer, 'a.yml')
  const first = writer.written().then(() => add(writer, 'b.yml'))
  await t.resolves(writer.flushed())
  await first
  await writer.flushed()
  t.ok(existsSync(join(root, 'a.yml')))
  t.ok(existsSync(join(root, 'b.yml')))
})
