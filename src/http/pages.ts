/**
 * Pages for people, built ahead by scripts/pages.mjs into dist/pages/<name>: one HTML and its assets, whose names
 * hold their hashes. Knows files and headers; not what a page shows. Loaded when somebody asks for a page first.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { backoError } from '../errors.ts'
import type { PageName } from './route.ts'

export interface PageAnswer {
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Buffer
  /** made where it is worth it */
  readonly gzipped: Buffer | null
  readonly etag: string
  /** the HTML itself, none of its assets */
  readonly isPage: boolean
}

/** What is asked of a page. */
export interface PageAsked {
  readonly page: PageName
  /** where the page stands: `/api/myApp/_admin` */
  readonly base: string
  /** what follows the base: `_assets/main-4F2K.js`, or a place that the page itself understands */
  readonly rest: string
}

/** Of files that a build may make. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.txt': 'text/plain; charset=utf-8',
}

const SAFE = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
}

/** Nothing from elsewhere, nothing inline, in nobody's frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: blob:",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

const ASSETS = '_assets/'
const zip = promisify(gzip)
const builds = new Map<PageName, Promise<ReadonlyMap<string, Buffer>>>()
const answers = new Map<string, PageAnswer>()

/** @throws BackoError 404 for an asset that is not there, or when the pages were not built */
export async function answerPage({ page, base, rest }: PageAsked): Promise<PageAnswer> {
  const name = rest.startsWith(ASSETS) ? rest.slice(ASSETS.length) : 'index.html'
  const isAsset = name !== 'index.html'
  const key = `${page}/${name}${isAsset ? '' : ` ${base}`}`
  const known = answers.get(key)
  if (known) return known
  const found = (await filesOf(page)).get(name)
  if (!found) throw backoError('BACKO_REQUEST_NOT_FOUND', 'this page has no such part')
  const bytes = isAsset ? found : Buffer.from(found.toString().replaceAll('{{base}}', base))
  const made = await answerOf(name, bytes, isAsset)
  answers.set(key, made)
  return made
}

async function answerOf(name: string, bytes: Buffer, isAsset: boolean): Promise<PageAnswer> {
  const type = TYPES[extname(name)] ?? 'application/octet-stream'
  const headers = {
    ...SAFE,
    'content-type': type,
    ...(isAsset
      ? { 'cache-control': 'public, max-age=31536000, immutable' }
      : { 'cache-control': 'no-cache', 'content-security-policy': POLICY }),
  }
  return {
    headers,
    bytes,
    isPage: !isAsset,
    gzipped: /^(text|image\/svg)/.test(type) ? await zip(bytes) : null,
    etag: createHash('sha256').update(bytes).digest('base64url').slice(0, 16),
  }
}

/** The files of a build, read once. */
function filesOf(page: PageName): Promise<ReadonlyMap<string, Buffer>> {
  const known = builds.get(page)
  if (known) return known
  const folder = folderOf(page)
  const reading = readdir(folder).then(
    async (names) =>
      new Map(
        await Promise.all(
          names.map(async (name) => [name, await readFile(join(folder, name))] as const),
        ),
      ),
    (error: unknown) => {
      builds.delete(page)
      throw backoError('BACKO_REQUEST_NOT_FOUND', 'this page is not built; run `npm run build`', {
        cause: error,
      })
    },
  )
  builds.set(page, reading)
  return reading
}

/** Seen from dist/bundle, and from dist/src/http. */
function folderOf(page: PageName): string {
  const [bundled = '', compiled = ''] = ['../pages', '../../pages'].map((up) =>
    fileURLToPath(new URL(`${up}/${page}/`, import.meta.url)),
  )
  return existsSync(join(bundled, 'index.html')) ? bundled : compiled
}
