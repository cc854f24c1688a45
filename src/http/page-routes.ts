/** Rows of the pages for people. Anyone may have them: they hold no data, and ask for it as any client does. */
import type { Route } from './route.ts'

export const PAGE_ROUTES: readonly Route[] = [
  {
    name: 'adminPage',
    method: 'GET',
    path: '/:app/_admin',
    scope: 'page',
    page: 'admin',
    needs: 'admin',
    media: 'text/html; charset=utf-8',
    description: 'The administration page, for people who manage the data',
    body: 'none',
    status: 200,
    errors: [404],
  },
  {
    name: 'adminPagePlace',
    method: 'GET',
    path: '/:app/_admin/*',
    scope: 'page',
    page: 'admin',
    needs: 'admin',
    media: 'text/html; charset=utf-8',
    description: 'A place in the administration page, or one of its assets',
    body: 'none',
    status: 200,
    errors: [404],
  },
]
