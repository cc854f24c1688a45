/** The row of `_events`, the one answer that goes on. */
import type { Events } from '../operations/events/open-events.ts'
import { EVENT_HEADERS } from './event-streams.ts'
import type { Route } from './routes.ts'

export const EVENT_ROUTE: Route = {
  name: 'streamEvents',
  method: 'GET',
  path: '/:app/:coll/_events',
  scope: 'live',
  description:
    'Server-sent events: items that were created, modified or deleted, as this user may read them',
  body: 'none',
  status: 200,
  errors: [403, 404, 429],
  media: 'text/event-stream',
  run: async ({ operations, context, query }, collection, live) => {
    const { streams, lastEventId, again, who } = live
    const asked = { query, lastEventId, again, heartbeat: streams.heartbeat }
    const open = (): Promise<Events> => operations.openEvents(context, collection, asked)
    if (live.headOnly) {
      await open()
      return { headers: EVENT_HEADERS }
    }
    return { headers: EVENT_HEADERS, stream: await streams.open(who, open) }
  },
}
