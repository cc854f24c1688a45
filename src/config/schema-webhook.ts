/** The part of the schema about webhooks. Knows no collection and no network. */
import {
  duration,
  integer,
  map,
  NAME,
  object,
  oneOrList,
  text,
  type JsonSchema,
} from './schema-parts.ts'

export const CHANGE_EVENTS = ['created', 'modified', 'deleted'] as const
export const WEBHOOK_DEFAULTS = { timeout: '10s', retries: 10, backoff: '5s' } as const

export const webhooks = (): JsonSchema =>
  map(webhook(), {
    title: 'webhooks',
    pattern: NAME,
    names: 'a webhook',
    description:
      'Addresses that are told of changes, by name: signed, at least once, in order by item',
  })

function webhook(): JsonSchema {
  const { timeout, retries, backoff } = WEBHOOK_DEFAULTS
  return object(
    {
      url: text('Where changes are posted to; http or https, redirects are not followed', {
        minLength: 1,
        examples: ['https://example.com/hooks/orders'],
      }),
      secret: text('Signs what is sent (Standard Webhooks): `whsec_` and base64, or any text', {
        minLength: 24,
        examples: ['${WEBHOOK_SECRET}'],
      }),
      collections: oneOrList(text('A collection', { minLength: 1 }), {
        description: 'Whose changes are told; all, where nothing is said',
      }),
      events: oneOrList(
        { type: 'string', enum: CHANGE_EVENTS, description: 'What happened to an item' },
        { description: 'Which changes are told', default: CHANGE_EVENTS },
      ),
      filter: {
        anyOf: [{ type: 'string', minLength: 1 }, { type: 'object' }],
        description:
          'Items that are told of: an expression over `item`, or a filter; of a deleted item, as it was',
      },
      headers: {
        type: 'object',
        additionalProperties: text('Value of the header'),
        propertyNames: { pattern: '^[A-Za-z0-9-]+$' },
        description: 'Further headers of every request',
      },
      view: text('What is sent of an item', { minLength: 1, default: 'client' }),
      timeout: duration('An answer must have come by then', timeout),
      retries: integer('Tries after the first, before it is given up and logged', {
        minimum: 0,
        maximum: 20,
        default: retries,
      }),
      backoff: duration(
        'Pause before the first further try; each next is four times as long, 12 hours at most',
        backoff,
      ),
    },
    { required: ['url', 'secret'], description: 'An address that is told of changes' },
  )
}
