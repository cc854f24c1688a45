/** The row that gives the content of a File field. */
import { noSuchRoute } from './find-target.ts'
import type { Route } from './route.ts'

export const FILE_ROUTES: readonly Route[] = [
  {
    name: 'readFile',
    method: 'GET',
    path: '/:app/:coll/:id/*',
    scope: 'item',
    description:
      'The content of a File field, by its path (`photo`, `papers.contract`, `scans[0]`); ranges of it too',
    body: 'none',
    status: 200,
    errors: [404, 416],
    media: 'application/octet-stream',
    run: async ({ operations, context, params }, collection, id) => {
      const path = params['*'] ?? ''
      if (!collection.companions.files) throw noSuchRoute('GET', params)
      return { file: await operations.readFile(context, collection, id, path) }
    },
  },
]
