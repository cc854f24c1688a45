/**
 * Type `Url`: an absolute URL (WHATWG), kept as written. Schemes that run code are refused unless
 * named in `schemes`, as a page may show the value as a link.
 */
import { STRING } from '../../expression/expr.ts'
import type { FieldType, Parsed } from './field-type.ts'
import { readOptions } from './options.ts'
import { isText, kept, NOTHING_WRONG, refused } from './parsed.ts'

interface UrlOptions {
  /** lower case, without `:`; null: any that has a host */
  readonly schemes: readonly string[] | null
}

const NOT_A_URL = refused('Must be a url')
const SCHEME = /^[a-z][a-z0-9+.-]*$/
const RUNS_CODE: ReadonlySet<string> = new Set(['javascript', 'data', 'vbscript', 'blob'])
// the URL parser drops or encodes these silently, so the text kept would be another URL
const HIDDEN = /[\s\p{Cc}]/u

const schemesOf = (field: { readonly options: object }): readonly string[] | null =>
  (field.options as Partial<UrlOptions>).schemes ?? null

const schemeOf = (url: URL): string => url.protocol.slice(0, -1)

function parseUrl(schemes: readonly string[] | null, raw: unknown): Parsed {
  if (!isText(raw) || HIDDEN.test(raw) || !URL.canParse(raw)) return NOT_A_URL
  if (schemes !== null) return kept(raw)
  const url = new URL(raw)
  // without a host it may be a slip: `localhost:8080` has the scheme "localhost"
  return url.host === '' || RUNS_CODE.has(schemeOf(url)) ? NOT_A_URL : kept(raw)
}

export const urlType: FieldType = Object.freeze<FieldType>({
  name: 'Url',
  description: 'An absolute URL',
  options: {
    schemes: {
      type: 'array',
      items: { type: 'string' },
      minItems: 1,
      description: 'Schemes allowed, such as https',
    },
  },
  compile: (raw) => {
    const read = readOptions(raw)
    const { schemes } = raw
    if (schemes === undefined || schemes === null) return read.done({ schemes: null })
    const known: string[] = []
    for (const scheme of Array.isArray(schemes) ? schemes : [schemes]) {
      const name = String(scheme).toLowerCase().replace(/:$/, '')
      if (typeof scheme === 'string' && SCHEME.test(name)) known.push(name)
      else read.problem('schemes', `not a scheme: ${String(scheme)}`, 'https, not https://')
    }
    return read.done({ schemes: Object.freeze(known) } satisfies UrlOptions)
  },
  valueType: () => STRING,
  parse: (field, raw) => parseUrl(schemesOf(field), raw),
  fromText: (_field, text) => (isText(text) ? kept(text) : NOT_A_URL),
  check: (field, value) => {
    const schemes = schemesOf(field)
    if (schemes === null || typeof value !== 'string' || !URL.canParse(value)) return NOTHING_WRONG
    return schemes.includes(schemeOf(new URL(value)))
      ? NOTHING_WRONG
      : [`Must have one of the schemes: ${schemes.join(', ')}`]
  },
  schema: () => ({ type: 'string', format: 'uri' }),
  meta: (field) => ({ schemes: schemesOf(field) }),
})
