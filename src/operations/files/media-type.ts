/**
 * The media type of a content, from its first bytes: what the client says counts only where the bytes can't tell
 * more. Knows no field and no store.
 */
import { isUtf8 } from 'node:buffer'

/** Bytes that are looked at, at most. */
export const HEAD = 64 * 2 ** 10

const OCTETS = 'application/octet-stream'
const TEXT = 'text/plain'

/** One name for each of the types that have several. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['image/jpg', 'image/jpeg'],
  ['image/pjpeg', 'image/jpeg'],
  ['image/x-png', 'image/png'],
  ['image/vnd.microsoft.icon', 'image/x-icon'],
  ['image/x-ms-bmp', 'image/bmp'],
  ['audio/mp3', 'audio/mpeg'],
  ['audio/wave', 'audio/wav'],
  ['audio/x-wav', 'audio/wav'],
  ['audio/vnd.wave', 'audio/wav'],
  ['audio/x-flac', 'audio/flac'],
  ['audio/x-m4a', 'audio/mp4'],
  ['video/vnd.avi', 'video/x-msvideo'],
  ['application/x-gzip', 'application/gzip'],
  ['application/x-zip-compressed', 'application/zip'],
  ['text/xml', 'application/xml'],
])

/** Formats made of another, which shows itself first: what the client says may be the finer word. */
const FINER: ReadonlyMap<string, RegExp> = new Map([
  [
    'application/zip',
    /[/.+]zip$|^application\/(?:vnd\.(?:openxmlformats-officedocument|oasis\.opendocument|ms-)|epub|java-archive)/,
  ],
  ['application/x-cfb', /^application\/(?:msword|vnd\.ms-|vnd\.visio|x-msi)/],
  ['application/xml', /^(?:text|application)\/xml$|\+xml$/],
  ['image/apng', /^image\/png$/],
  ['video/mp4', /^audio\/mp4$/],
  ['audio/ogg', /^(?:video|application)\/ogg$/],
  ['application/ogg', /^(?:audio|video)\/ogg$/],
  ['video/webm', /^audio\/webm$/],
])

/** By their first bytes alone: `file-type` wants to see more of them, and the rest may not be in the head. */
const MARKS: readonly (readonly [type: string, mark: string])[] = [
  ['image/png', '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', '\xff\xd8\xff'],
  ['image/gif', 'GIF87a'],
  ['image/gif', 'GIF89a'],
  ['application/pdf', '%PDF-'],
  ['application/zip', 'PK\x03\x04'],
]

const TEXTUAL =
  /^text\/|^application\/(?:json|xml|javascript|ecmascript|yaml|x-yaml|toml|sql|x-sh|rtf|graphql|x-ndjson|x-sh|x-tex|x-latex|pgp-signature|x-pem-file)$|^image\/svg\+xml$|\+(?:json|xml|yaml)$|^message\/|^application\/(?:x-)?(?:subrip|httpd-php|perl|python)/

/** `said`: by the client; lower case. */
export async function mediaTypeOf(head: Uint8Array, said: string): Promise<string> {
  const found = marked(head) ?? (await sniffed(head))
  if (found !== undefined) return finer(found, said, head)
  return isText(head) ? textType(head, said) : await unknownType(said)
}

function marked(head: Uint8Array): string | undefined {
  const start = Buffer.from(head.subarray(0, 8)).toString('latin1')
  return MARKS.find(([type, mark]) => !LOOKED_INTO.has(type) && start.startsWith(mark))?.[0]
}

/** They are containers, or have a kin with the same start: the library tells them apart where it can. */
const LOOKED_INTO: ReadonlySet<string> = new Set(['application/zip', 'image/png'])

async function sniffed(head: Uint8Array): Promise<string | undefined> {
  if (head.length === 0) return undefined
  // loaded when the first file comes
  const { fileTypeFromBuffer } = await import('file-type')
  const found = await fileTypeFromBuffer(head).catch(() => undefined)
  if (found) return ALIASES.get(found.mime) ?? found.mime
  const start = Buffer.from(head.subarray(0, 8)).toString('latin1')
  return MARKS.find(([, mark]) => start.startsWith(mark))?.[0]
}

function finer(found: string, said: string, head: Uint8Array): string {
  if ((ALIASES.get(said) ?? said) === found) return said
  if (said === 'image/svg+xml') return found === 'application/xml' && isSvg(head) ? said : found
  return FINER.get(found)?.test(said) === true ? said : found
}

/** No sign that texts do not have, in UTF-8 or an older set of characters; an empty file is a text too. */
function isText(head: Uint8Array): boolean {
  for (const byte of head) {
    const isSpace = byte === 9 || byte === 10 || byte === 12 || byte === 13 || byte === 27
    if (byte === 127 || (byte < 32 && !isSpace)) return false
  }
  return true
}

function textType(head: Uint8Array, said: string): string {
  if (said === 'image/svg+xml') return isSvg(head) ? said : TEXT
  if (TEXTUAL.test(said)) return said
  // JSON and the like have no other character set; for the rest the client's word is as good as ours
  return isUtf8(whole(head)) || said === OCTETS ? TEXT : OCTETS
}

/** Without the character that the end of the head may have cut. */
function whole(head: Uint8Array): Uint8Array {
  let end = head.length
  for (let i = 0; i < 3 && end > 0 && ((head[end - 1] ?? 0) & 0xc0) === 0x80; i++) end--
  return head.length < HEAD ? head : head.subarray(0, Math.max(0, end - 1))
}

const isSvg = (head: Uint8Array): boolean =>
  /<svg[\s>]/i.test(Buffer.from(head.subarray(0, 4096)).toString('latin1'))

/** What would show itself if it were what the client says is not that. */
async function unknownType(said: string): Promise<string> {
  if (TEXTUAL.test(said)) return OCTETS
  const { supportedMimeTypes } = await import('file-type')
  const name = ALIASES.get(said) ?? said
  return supportedMimeTypes.has(name) || supportedMimeTypes.has(said) ? OCTETS : said
}
