/** GET `/<app>/openapi.json`: the document as a text, made once for a model, when it is first asked for. */
import { createHash } from 'node:crypto'
import type { Backoffice } from '../../model/backoffice.ts'
import { openapiDocument } from './openapi-document.ts'
import type { Serving } from './serving.ts'

export interface OpenapiText {
  /** JSON */
  readonly text: string
  readonly etag: string
}

const texts = new WeakMap<Backoffice, OpenapiText & { readonly serving: Serving }>()

export function openapiText(backoffice: Backoffice, serving: Serving): OpenapiText {
  const known = texts.get(backoffice)
  if (known?.serving === serving) return known
  const text = JSON.stringify(openapiDocument(backoffice, serving))
  const etag = createHash('sha1').update(text).digest('base64url')
  texts.set(backoffice, { text, etag, serving })
  return { text, etag }
}
