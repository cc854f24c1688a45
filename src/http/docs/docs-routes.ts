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
    description: 'The OpenAPI document: routes, items, filters, actions',
    body: 'none',
    status: 200,
    errors: [404],
    needs: 'docs',
    run: async ({ context, serving }) => {
      const { openapiText } = await import('../openapi/openapi-text.ts')
      return openapiText(context.running.backoffice, serving)
    },
  },
  {
    name: 'docsPage',
    method: 'GET',
    path: '/:app/_docs',
    scope: 'page',
    page: 'docs',
    known: true,
    needs: 'docs',
    media: 'text/html; charset=utf-8',
    description: 'The OpenAPI document as a page, to read it and to try it out',
    body: 'none',
    status: 200,
    errors: [404],
  },
  {
    name: 'docsPagePart',
    method: 'GET',
    path: '/:app/_docs/*',
    scope: 'page',
    page: 'docs',
    known: true,
    needs: 'docs',
    media: 'text/html; charset=utf-8',
    description: 'The page of the OpenAPI document, or one of its assets',
    body: 'none',
    status: 200,
    errors: [404],
  },
]
