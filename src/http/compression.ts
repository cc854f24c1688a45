/**
 * `server.compression`: answers from 1 KiB on, where the client takes them so. Off unless asked for: to compress a page
 * of items costs several times what it takes to read it, and proxies do it too. Nothing is compressed that is compressed
 * already, a stream of events, or a file that can be had in ranges. Where a body holds a secret beside what a client of
 * another site can choose, its length tells of it (BREACH): cookies are SameSite=Lax, so that no such request has a user.
 */
import { constants } from 'node:zlib'
import type { FastifyInstance } from 'fastify'

const THRESHOLD = 1024
/** The default (11) is for what is compressed once and read a thousand times. */
const BROTLI_QUALITY = 4

export function addCompression(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (reply.statusCode === 206 || reply.hasHeader('accept-ranges'))
      request.headers['x-no-compression'] = 'ranges'
    done(null, payload)
  })
  void fastify.register(import('@fastify/compress'), {
    global: true,
    globalDecompression: false,
    threshold: THRESHOLD,
    encodings: ['br', 'gzip'],
    customTypes:
      /^(?:text\/(?!event-stream)|application\/(?:[\w.-]+\+)?json\b|application\/x-ndjson)/,
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } },
  })
}
