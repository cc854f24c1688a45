/**
 * Rows of the table of routes: the OpenAPI document, and the page that shows it. What makes them is loaded when it is
 * asked for. Without `server.docs` there are none.
 */
import type { Route } from '../route.ts'

export const DOCS_ROUTES: readonly Route[] = [
  {
    name: 'openapi',
    method: 'GET',
    path: '/:app/openapi.json',
    scope: 'application',
    description: 'This document',
    body: 'none',
    status: 200,
    errors: [404],
    needs: 'docs',
    run: async ({ context, serving }) => {
      const { openapiText } = await import('../openapi/openapi-text.ts')
      return openapiText(context.running.backoffice, serving)
    },
  },
]
