/**
 * One delivery: signed as Standard Webhooks says (https://www.standardwebhooks.com), answered with 2xx or not. No
 * redirect is followed, and nothing of an answer is kept. Knows no store.
 */
import { createHmac } from 'node:crypto'
import type { Webhook } from '../model/backoffice.ts'

export interface Delivery {
  /** the same at every try: by it a receiver knows what it has had */
  readonly id: string
  /** JSON, as it is sent */
  readonly body: string
}

export type Outcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed'; readonly why: string }
  /** 410: the receiver is not there any more */
  | { readonly kind: 'gone'; readonly why: string }

const PREFIX = 'whsec_'

/** `v1,<base64>` of HMAC-SHA256 over `<id>.<timestamp>.<body>`. `timestamp`: seconds since 1970. */
export function signatureOf(secret: string, timestamp: number, { id, body }: Delivery): string {
  const key = secret.startsWith(PREFIX)
    ? Buffer.from(secret.slice(PREFIX.length), 'base64')
    : Buffer.from(secret)
  const signed = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return `v1,${signed}`
}

export async function post(
  { url, secret, headers, timeout }: Webhook,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<Outcome> {
  const timestamp = Math.floor(Date.now() / 1000)
  try {
    const answer = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
      headers: {
        'user-agent': 'backo',
        ...headers,
        'content-type': 'application/json',
        'webhook-id': delivery.id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': signatureOf(secret, timestamp, delivery),
      },
      body: delivery.body,
    })
    await answer.body?.cancel()
    if (answer.ok) return { kind: 'delivered' }
    const why = `answered ${answer.status}`
    return answer.status === 410 ? { kind: 'gone', why } : { kind: 'failed', why }
  } catch (error) {
    return { kind: 'failed', why: reasonOf(error) }
  }
}

/** In words without what was sent, or where to: headers and the address may hold secrets. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed'
  if (error.name === 'TimeoutError') return 'no answer in time'
  const { cause } = error
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code
  return error.name
}
