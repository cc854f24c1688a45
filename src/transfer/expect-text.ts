/** A file that holds no text is told at once, not line by line. Knows no format. */
import { BadTransfer } from './bad-transfer.ts'

/** Bytes that are looked at. */
const LOOK = 4096

/** @throws BadTransfer at the first chunk */
export async function* expectText(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let first = true
  for await (const chunk of chunks) {
    if (first && chunk.length > 0) {
      first = false
      const head = chunk.subarray(0, LOOK)
      if (head[0] === 0x1f && head[1] === 0x8b)
        throw new BadTransfer(
          'the file is compressed',
          'gunzip -c data.gz | backo import <collection>',
        )
      if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff))
        throw new BadTransfer('the file is UTF-16', 'iconv -f utf-16 -t utf-8 makes it UTF-8')
      if (head.includes(0)) throw new BadTransfer('this is a binary file, not NDJSON or CSV')
    }
    yield chunk
  }
}
