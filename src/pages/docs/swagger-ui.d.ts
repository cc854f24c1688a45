/** What this page uses of Swagger UI, which has no types of its own. */
declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  interface Options {
    readonly dom_id: string
    readonly url: string
    readonly validatorUrl: string | null
    readonly deepLinking: boolean
    readonly filter: boolean
    readonly docExpansion: 'list' | 'full' | 'none'
    readonly defaultModelsExpandDepth: number
    readonly displayRequestDuration: boolean
    readonly requestInterceptor: (request: object) => object
    readonly onComplete: () => void
  }
  const SwaggerUI: (options: Options) => unknown
  export default SwaggerUI
}
