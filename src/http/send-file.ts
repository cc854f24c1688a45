/**
 * The content of a file to a client: whole or a range of it (RFC 9110, 13 and 14), under a name that is safe, and
 * so that a browser runs nothing of it. Knows no store; opens the content only when bytes are to go out.
 */
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ByteRange } from '../connectors/files/file-store.ts'
import { backoError } from '../errors.ts'
import type { FileAnswer } from '../operations/files/read-file.ts'
import { SECURITY_HEADERS } from './security-headers.ts'
import { formatEtag, matchesNone } from './etag.ts'

/** Shown by a browser as they are: pictures of dots, which hold no code. SVG is a document, with scripts and links. */
const SHOWN: ReadonlySet<string> = new Set([
  'image/png',
  'image/apng',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/bmp',
  'image/tiff',
  'image/x-icon',
  'image/vnd.microsoft.icon',
])

const SAFE_HEADERS = {
  ...SECURITY_HEADERS,
  'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
  'cache-control': 'private, no-cache',
  'accept-ranges': 'bytes',
}

export async function sendFile(
  { file, open }: FileAnswer,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { sha256: etag, size } = file
  const headers = { ...SAFE_HEADERS, 'x-request-id': request.id, etag: formatEtag(etag) }
  if (matchesNone(request.headers['if-none-match'], etag))
    return reply.code(304).headers(headers).send()
  const range = request.method === 'GET' ? rangeOf(request.headers, etag, size) : null
  if (range === 'none')
    throw backoError('BACKO_REQUEST_RANGE', `the file has ${size} bytes`, {
      headers: { 'content-range': `bytes */${size}` },
    })
  // opened before the answer begins: a content that is gone is a 404
  const content = request.method === 'HEAD' ? Readable.from([]) : await open(range ?? undefined)
  const length = range ? range.end - range.start + 1 : size
  if (range) void reply.header('content-range', `bytes ${range.start}-${range.end}/${size}`)
  return reply
    .code(range ? 206 : 200)
    .headers({
      ...headers,
      'content-type': file.content_type,
      'content-length': length,
      'content-disposition': disposition(file.content_type, file.filename),
    })
    .send(content)
}

/** RFC 6266: a name of plain signs for old clients, and the name itself (RFC 8187). */
export function disposition(type: string, filename: string): string {
  const plain = filename.replaceAll(/[^\w !#$&+.^`{}~()@,=-]/g, '_')
  const extended = encodeURIComponent(filename).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  const kind = SHOWN.has(type) ? 'inline' : 'attachment'
  const more = plain === filename ? '' : `; filename*=UTF-8''${extended}`
  return `${kind}; filename="${plain}"${more}`
}

/** null: the whole; `none`: no byte of what is asked for is there. What can't be read is passed over (14.2). */
function rangeOf(
  headers: FastifyRequest['headers'],
  etag: string,
  size: number,
): ByteRange | 'none' | null {
  const { range: text } = headers
  const condition = headers['if-range']
  if (text === undefined || (condition !== undefined && condition !== formatEtag(etag))) return null
  const [, from = '', to = ''] = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/i.exec(text) ?? []
  if (from === '') {
    if (to === '') return null
    const last = Number(to)
    return last === 0 || size === 0 ? 'none' : { start: Math.max(0, size - last), end: size - 1 }
  }
  const start = Number(from)
  const end = to === '' ? size - 1 : Math.min(Number(to), size - 1)
  if (to !== '' && Number(to) < start) return null
  return start >= size ? 'none' : { start, end }
}
