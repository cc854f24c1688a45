/** A webhook as written -> WebhookConfig. What does not fit was reported before. */
import type { WebhookConfig } from './config.ts'
import { CHANGE_EVENTS, WEBHOOK_DEFAULTS } from './schema-webhook.ts'
import { asMap, asNumber, asText, asTexts, mapValues, present } from './shape.ts'
import { parseDuration } from './units.ts'

export function normaliseWebhook(value: unknown): WebhookConfig | undefined {
  const written = asMap(value)
  const url = asText(written?.['url'])
  const secret = asText(written?.['secret'])
  if (!written || url === undefined || secret === undefined) return undefined
  const { timeout, retries, backoff } = WEBHOOK_DEFAULTS
  const collections = asTexts(written['collections'])
  const events = asTexts(written['events'])
  return present({
    url,
    secret,
    collections: written['collections'] === undefined ? undefined : collections,
    events: events.length === 0 ? CHANGE_EVENTS : events,
    filter: written['filter'],
    headers: mapValues(written['headers'], asText),
    view: asText(written['view']) ?? 'client',
    timeout: parseDuration(written['timeout'] ?? timeout) ?? 0,
    retries: asNumber(written['retries']) ?? retries,
    backoff: parseDuration(written['backoff'] ?? backoff) ?? 0,
  }) as WebhookConfig
}
