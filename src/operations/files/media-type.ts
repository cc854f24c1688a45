/**
 * The media type of a content: what the client says, unless the first bytes show that it is something else. Knows no
 * field and no store.
 */
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

/** Signs so long that no other content has them by chance: the others only say what nobody has said. */
const SURE: ReadonlySet<string> = new Set([
  ...MARKS.map(([type]) => type),
  'image/apng',
  'image/webp',
  'image/avif',
  'video/mp4',
  'video/webm',
  'application/x-elf',
])

/** `said`: by the client, lower case; undefined where it says nothing. */
export async function mediaTypeOf(head: Uint8Array, said: string | undefined): Promise<string> {
  const text = isText(head)
  if (text && said !== undefined && TEXTUAL.test(said)) return said
  const found = marked(head) ?? (await sniffed(head))
  if (found !== undefined && (said === undefined || SURE.has(found)))
    return finer(found, said ?? OCTETS)
  if (said === undefined) return text ? TEXT : OCTETS
  return said.startsWith('image/') && isMarkup(head) ? TEXT : said
}

/** Does the client say something else than the bytes do? Who knows nothing says nothing. */
export const isContradicted = (said: string | undefined, type: string): boolean =>
  said !== undefined && said !== OCTETS && said !== type

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

function finer(found: string, said: string): string {
  if ((ALIASES.get(said) ?? said) === found) return said
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

/** A page is no picture, and is never shown as one. */
const isMarkup = (head: Uint8Array): boolean =>
  /^(?:\xef\xbb\xbf)?\s*<[!?a-z]/i.test(Buffer.from(head.subarray(0, 1024)).toString('latin1'))
