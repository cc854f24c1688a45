/**
 * Cursors as clients see them: sealed. A bare one would count the changes of items that a client may not read, and could
 * be made up.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto'

export interface Seal {
  /** of a moment: each time another text, as an equal one would tell that nothing has changed since */
  readonly close: (cursor: string) => string
  /** of an event that the client is told of: whenever it is told, its id is the same */
  readonly name: (cursor: string) => string
  /** null: it was not made here */
  readonly open: (text: string) => string | null
}

const CIPHER = 'aes-256-gcm'
const IV = 12
const TAG = 16
/** Characters: all cursors of a log are as long as one another. */
const BLOCK = 32
const MOST = 4096

/** `secret`: of the log, known to all processes that serve it. */
export function createSeal(secret: string): Seal {
  const key = createHash('sha256').update(`backo events ${secret}`).digest()
  const close = (cursor: string, iv: Buffer): string => {
    const cipher = createCipheriv(CIPHER, key, iv)
    const padded = cursor.padEnd(Math.ceil(cursor.length / BLOCK) * BLOCK)
    const body = Buffer.concat([cipher.update(padded, 'utf8'), cipher.final()])
    return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')
  }
  return {
    close: (cursor) => close(cursor, randomBytes(IV)),
    name: (cursor) =>
      close(cursor, createHmac('sha256', key).update(cursor).digest().subarray(0, IV)),
    open(text) {
      if (text.length > MOST || !/^[A-Za-z0-9_-]+$/.test(text)) return null
      const bytes = Buffer.from(text, 'base64url')
      if (bytes.length <= IV + TAG) return null
      try {
        const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV), {
          authTagLength: TAG,
        })
        decipher.setAuthTag(bytes.subarray(IV, IV + TAG))
        const body = decipher.update(bytes.subarray(IV + TAG))
        return Buffer.concat([body, decipher.final()]).toString('utf8').trimEnd()
      } catch {
        return null
      }
    },
  }
}
