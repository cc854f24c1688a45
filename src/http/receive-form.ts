/**
 * A request whose body is a form: `_json` for the fields, other parts files, each given to operations as it comes.
 * Loaded when the first form comes. Knows the wire; not where a file goes.
 */
import type { IncomingMessage } from 'node:http'
import { backoError } from '../errors.ts'
import type { FileReceiver } from '../operations/files/receive-files.ts'
import { parseJsonBody } from './json-body.ts'
import { boundaryOf, partsOf, type Part } from './multipart.ts'

/** Parts of one form, `_json` too. */
const MOST_PARTS = 100

export interface Form {
  readonly raw: IncomingMessage
  /** Content-Type as it came */
  readonly header: string
  /** of `_json`: `server.body_limit`, bytes */
  readonly bodyLimit: number
}

/**
 * The body that the form stands for.
 * @throws BackoError 400, 413, and what `files` rejects with
 */
export async function receiveForm(form: Form, files: FileReceiver): Promise<unknown> {
  const boundary = boundaryOf(form.header)
  // who stops early still answers: the rest of the request is passed over, its socket stays
  const chunks = form.raw.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>
  try {
    const json = await readParts(partsOf(whole(chunks), boundary), files, form.bodyLimit)
    return files.body(json === undefined ? undefined : parseJsonBody(json))
  } finally {
    await chunks.return?.()
    // Node passes over what nobody has begun to read, and that alone
    form.raw.resume()
  }
}

async function readParts(
  parts: AsyncIterable<Part>,
  files: FileReceiver,
  bodyLimit: number,
): Promise<Buffer | undefined> {
  let json: Buffer | undefined
  let count = 0
  for await (const part of parts) {
    if (++count > MOST_PARTS)
      throw backoError('BACKO_REQUEST_TOO_LARGE', `the form has more than ${MOST_PARTS} parts`)
    if (part.name === '_json') {
      if (json !== undefined) throw bad('_json was given twice')
      json = await jsonOf(part, bodyLimit)
    } else if (part.filename === undefined) {
      throw bad(`the part ${quoted(part.name)} has no filename: values of fields go into _json`)
    } else await takeFile({ ...part, filename: part.filename }, files)
  }
  return json
}

async function takeFile(
  part: Part & { readonly filename: string },
  files: FileReceiver,
): Promise<void> {
  // a browser sends a part for a field in which nothing was chosen
  if (part.filename === '') {
    for await (const chunk of part.content)
      if (chunk.length > 0) throw bad(`the part ${quoted(part.name)} has no filename`)
    return
  }
  await files.take(part)
}

const bad = (detail: string): Error => backoError('BACKO_REQUEST_INVALID', detail)

const quoted = (name: string): string => JSON.stringify(name.slice(0, 100))

async function jsonOf({ content }: Part, most: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of content) {
    size += chunk.length
    if (size > most)
      throw backoError('BACKO_REQUEST_TOO_LARGE', '_json is larger than body_limit allows')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** A client that goes away in the middle has ended the request, and nothing of ours is at fault. */
async function* whole(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* chunks
  } catch (error) {
    throw backoError('BACKO_REQUEST_INVALID', 'the request ends in the middle', { cause: error })
  }
}
