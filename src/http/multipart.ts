/**
 * The parts of a multipart/form-data body (RFC 7578), one after the other, as they come: strict, so that no part is
 * passed over in silence, and of bounded memory, whatever the size. Knows no route; what a part means is for
 * receive-form.ts.
 */
import { isUtf8 } from 'node:buffer'
import { backoError, type BackoError } from '../errors.ts'

export interface Part {
  readonly name: string
  /** as it came, decoded; undefined for a part that is no file */
  readonly filename: string | undefined
  /** media type without parameters, lower case; undefined where the part has none */
  readonly type: string | undefined
  /** to be read to its end before the next part is asked for; what is left is passed over */
  readonly content: AsyncIterable<Buffer>
}

/** Bytes of the headers of one part, and of what may stand before the first. */
const LONGEST_HEADERS = 16 * 2 ** 10
const LONGEST_BOUNDARY = 70
const END_OF_HEADERS = Buffer.from('\r\n\r\n')

const broken = (detail: string): BackoError =>
  backoError('BACKO_REQUEST_INVALID', `this is no multipart/form-data: ${detail}`)

/** @throws BackoError 400 where the header names no boundary */
export function boundaryOf(header: string): string {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]+)"|([^;\s"]+))/i.exec(header) ?? []
  const boundary = quoted ?? plain
  if (boundary === undefined || boundary.length > LONGEST_BOUNDARY)
    throw broken('Content-Type names no boundary')
  return boundary
}

/** @throws BackoError 400 for what is no form, or ends in the middle */
export async function* partsOf(
  body: AsyncIterable<Uint8Array>,
  boundary: string,
): AsyncGenerator<Part> {
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
  // the first delimiter may stand at the very start
  const bytes = new Pending(body, Buffer.from('\r\n'))
  if ((await bytes.take(delimiter, LONGEST_HEADERS)) === null) throw broken('it has no boundary')
  for (;;) {
    const after = await bytes.takeLength(2)
    if (after === '--') return
    if (after !== '\r\n') throw broken('a boundary does not end its line')
    const headers = await headersOf(bytes)
    const content = contentOf(bytes, delimiter)
    yield { ...readHeaders(headers), content }
    // who has read it all finds nothing here
    for await (const _rest of content);
  }
}

async function headersOf(bytes: Pending): Promise<Buffer> {
  // a part without headers begins with the empty line
  const found = await bytes.take(END_OF_HEADERS, LONGEST_HEADERS)
  if (found === null) throw broken('the headers of a part are too long, or have no end')
  return found
}

/** Up to the delimiter, which is taken too. */
function contentOf(bytes: Pending, delimiter: Buffer): AsyncGenerator<Buffer> {
  const content = (async function* (): AsyncGenerator<Buffer> {
    for (;;) {
      const { chunk, done } = await bytes.takeUntil(delimiter)
      if (chunk.length > 0) yield chunk
      if (done) return
    }
  })()
  // a reader that stops early must not end it: the rest is passed over before the next part
  return Object.assign(content, {
    return: async () => ({ done: true as const, value: undefined }),
  })
}

/** Bytes that have come and were not taken yet: never many more than one piece of the body. */
class Pending {
  readonly #source: AsyncIterator<Uint8Array>
  #held: Buffer

  constructor(body: AsyncIterable<Uint8Array>, first: Buffer) {
    this.#source = body[Symbol.asyncIterator]()
    this.#held = first
  }

  /** What stands before the mark, without it; null when that would be longer than `most`, or there is none. */
  async take(mark: Buffer, most: number): Promise<Buffer | null> {
    for (;;) {
      const at = this.#held.indexOf(mark)
      if (at > most || (at < 0 && this.#held.length > most + mark.length)) return null
      if (at >= 0) return this.#cut(at, mark.length)
      if (!(await this.#more())) return null
    }
  }

  async takeLength(length: number): Promise<string> {
    while (this.#held.length < length) if (!(await this.#more())) throw endsEarly()
    return this.#cut(length, 0).toString('latin1')
  }

  /** A piece of what stands before the mark; `done` when that was all of it. */
  async takeUntil(mark: Buffer): Promise<{ readonly chunk: Buffer; readonly done: boolean }> {
    for (;;) {
      const at = this.#held.indexOf(mark)
      if (at >= 0) return { chunk: this.#cut(at, mark.length), done: true }
      // the end of what has come may be the beginning of the mark
      const sure = this.#held.length - mark.length + 1
      if (sure > 0) return { chunk: this.#cut(sure, 0), done: false }
      if (!(await this.#more())) throw endsEarly()
    }
  }

  #cut(length: number, skip: number): Buffer {
    const taken = this.#held.subarray(0, length)
    this.#held = this.#held.subarray(length + skip)
    return taken
  }

  async #more(): Promise<boolean> {
    const next = await this.#source.next()
    if (next.done === true) return false
    const chunk = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength)
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    return true
  }
}

const endsEarly = (): BackoError => broken('it ends in the middle')

function readHeaders(bytes: Buffer): Omit<Part, 'content'> {
  if (!isUtf8(bytes)) throw broken('the headers of a part are not UTF-8')
  const headers = new Map<string, string>()
  for (const line of bytes.toString('utf8').split('\r\n')) {
    if (line === '') continue
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).trim().toLowerCase()
    if (colon < 1 || headers.has(name)) throw broken('a part has a header that can not be read')
    headers.set(name, line.slice(colon + 1).trim())
  }
  const disposition = headers.get('content-disposition') ?? ''
  if (!/^form-data\s*(?:;|$)/i.test(disposition)) throw broken('a part is no form-data')
  const params = paramsOf(disposition)
  const name = params.get('name')
  if (name === undefined) throw broken('a part has no name')
  const coding = headers.get('content-transfer-encoding')
  if (coding !== undefined && !/^(?:binary|7bit|8bit)$/i.test(coding))
    throw broken('Content-Transfer-Encoding is not done any more (RFC 7578)')
  const [type] = (headers.get('content-type') ?? '').split(';', 1)
  return {
    name,
    filename: params.get('filename*') ?? params.get('filename'),
    type: type === undefined || type === '' ? undefined : type.trim().toLowerCase(),
  }
}

const PARAM = /;\s*([\w!#$&+.^`|~-]+\*?)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s"]*))/g

/** Browsers write `"` and line ends in names as `%22`, `%0D` and `%0A`; others put a backslash before `"`. */
function paramsOf(header: string): ReadonlyMap<string, string> {
  const params = new Map<string, string>()
  for (const [, key = '', quoted, plain = ''] of header.matchAll(PARAM)) {
    const name = key.toLowerCase()
    if (params.has(name)) throw broken('a part says something twice')
    if (name.endsWith('*')) {
      const value = extended(plain)
      if (value !== null) params.set(name, value)
    } else {
      const text = quoted?.replaceAll(/\\(["\\])/g, '$1') ?? plain
      params.set(
        name,
        text.replaceAll(/%(22|0D|0A)/gi, (code) => decodeURIComponent(code)),
      )
    }
  }
  return params
}

/** RFC 8187: `UTF-8''na%C3%AFve.txt`. */
function extended(text: string): string | null {
  const [, value] = /^utf-8'[^']*'(.*)$/i.exec(text) ?? []
  if (value === undefined) return null
  try {
    return decodeURIComponent(value)
  } catch {
    return null
  }
}
