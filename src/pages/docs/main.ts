/**
 * The page of the API: Swagger UI over the document of the application beside it. All of it comes from this server;
 * nothing is asked of another.
 */
import 'swagger-ui-dist/swagger-ui.css'
import './docs.css'
import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js'

interface Document {
  readonly info?: { readonly title?: string }
}

// `/api/myApp/_docs` or, by a slash at the end, `/api/myApp/_docs/`
const application = location.pathname.replace(/\/_docs(\/.*)?$/, '')

SwaggerUI({
  dom_id: '#page',
  url: `${application}/openapi.json`,
  // it would send the document to a server of others
  validatorUrl: null,
  deepLinking: true,
  filter: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  // the cookie of POST /login goes along by itself
  requestInterceptor: (request) => ({ ...request, credentials: 'same-origin' }),
  onComplete: () => {
    void nameTab()
  },
})

async function nameTab(): Promise<void> {
  const answer = await fetch(`${application}/openapi.json`)
  if (!answer.ok) return
  const { info } = (await answer.json()) as Document
  if (info?.title !== undefined) document.title = `${info.title} API`
}
