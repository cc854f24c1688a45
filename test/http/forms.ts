/** Forms as clients send them, and the model of the tests of files. */

export const FILES = `
backo: 1
name: app
collections:
  docs:
    fields:
      name: String
      f: File
      pic: { type: File, content_types: [image/*] }
      small: { type: File, max_size: 1000 }
      doc: { type: Dict, fields: { scan: File } }
      files: { type: List, items: File }
      hidden: { type: File, can_read: false }
      own: { type: File, exists: item.name == 'a' }
      secret: { type: File, can_modify: false }
    selections:
      sizes: { selectors: [ $.f.size, $.f ] }
  plain:
    fields: { name: String }
`

export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

export const jsonFile = (content: string): object => ({
  filename: 'a.txt',
  content_type: 'text/plain',
  content: Buffer.from(content).toString('base64'),
})

export interface FormPart {
  readonly name: string
  readonly filename?: string
  readonly type?: string
  readonly content: string | Buffer
}

export function form(parts: readonly FormPart[]): {
  readonly payload: Buffer
  readonly headers: Readonly<Record<string, string>>
} {
  const boundary = '----backo7MA4YWxkTrZu0gW'
  const quoted = (text: string): string => text.replaceAll('"', '%22')
  const pieces = parts.flatMap(({ name, filename, type, content }) => [
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"${
        filename === undefined ? '' : `; filename="${quoted(filename)}"`
      }\r\n${type === undefined ? '' : `Content-Type: ${type}\r\n`}\r\n`,
    ),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ])
  return {
    payload: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  }
}
