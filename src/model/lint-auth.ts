/** What `auth` names: a URL that can be asked, a collection and fields of it that are kept and of the right types. */
import type { AuthConfig } from '../config/config.ts'
import { didYouMean } from '../expression/hint.ts'
import { withArticle } from './article.ts'
import type { CollectionDraft, FieldDraft } from './draft.ts'
import type { Report } from './report.ts'
import { dottedOf } from './sides.ts'

const PLACE = ['auth', 'login']

/** What each key of `auth.login` must lead to. */
const EXPECTED: Readonly<
  Record<string, { readonly fits: (field: FieldDraft) => boolean; readonly words: string }>
> = {
  login: {
    fits: ({ valueType, type }) => valueType.kind === 'string' && type.secret !== true,
    words: 'a String or an Email',
  },
  password: { fits: ({ type }) => type.name === 'Password', words: 'a Password' },
  roles: {
    fits: ({ valueType }) => valueType.kind === 'list' && valueType.items.kind === 'string',
    words: 'a List of String',
  },
}

export function lintLogin(
  { login }: AuthConfig,
  collections: ReadonlyMap<string, CollectionDraft>,
  report: Report,
): void {
  if (!login) return
  const users = collections.get(login.collection)
  if (!users) {
    report.error(
      'BACKO_CONFIG_UNKNOWN_COLLECTION',
      [...PLACE, 'collection'],
      `unknown collection ${login.collection}`,
      {
        hint: didYouMean(login.collection, collections.keys()),
      },
    )
    return
  }
  for (const [key, { fits, words }] of Object.entries(EXPECTED)) {
    const selector = login[key as 'login' | 'password' | 'roles']
    if (selector === undefined) continue
    const dotted = dottedOf(selector)
    const field = users.fieldAt.get(dotted)
    if (!field) {
      report.error(
        'BACKO_CONFIG_UNKNOWN_FIELD',
        [...PLACE, key],
        `${users.name} has no field ${dotted}`,
        {
          hint: didYouMean(dotted, users.fieldAt.keys()),
        },
      )
    } else if (!fits(field)) {
      report.error(
        'BACKO_CONFIG_LOGIN',
        [...PLACE, key],
        `${users.name}.${dotted} is ${withArticle(field.type.name)}, not ${words}`,
      )
    } else if (!field.stored) {
      // it is looked for, and read at every request, without computing the item
      report.error('BACKO_CONFIG_LOGIN', [...PLACE, key], `${users.name}.${dotted} is not stored`)
    }
  }
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/

export function lintJwks({ jwks }: AuthConfig, report: Report): void {
  if (jwks === undefined) return
  const path = ['auth', 'jwks']
  if (!URL.canParse(jwks)) {
    report.error('BACKO_CONFIG_VALUE', path, 'expected a url')
    return
  }
  const { protocol, hostname } = new URL(jwks)
  if (protocol === 'https:' || LOOPBACK.test(hostname)) return
  const hint = 'take https'
  const message = 'whoever is between here and there can put in keys of their own'
  report.warning('BACKO_CONFIG_JWKS_HTTP', path, message, { hint })
}
