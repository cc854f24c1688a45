/**
 * `webhooks:` of the file, checked and compiled: which changes go to which address. Conditions are the file's own,
 * and trusted. Knows no network.
 */
import type { Config, ConfigPath, WebhookConfig } from '../config/config.ts'
import type { Expr } from '../expression/expr.ts'
import { filterToExpr } from '../expression/filter.ts'
import { didYouMean } from '../expression/hint.ts'
import type { Collection, Webhook } from './backoffice.ts'
import type { CollectionDraft } from './draft.ts'
import type { RuleTools } from './field-rules.ts'
import type { Report } from './report.ts'
import { compileCondition } from './rules.ts'

type Drafts = ReadonlyMap<string, CollectionDraft>

export function compileWebhooks(
  config: Config,
  drafts: Drafts,
  tools: RuleTools,
): ReadonlyMap<string, Webhook> {
  return new Map(
    Object.entries(config.webhooks).map(([name, said]) => [
      name,
      compileWebhook(name, said, drafts, tools),
    ]),
  )
}

/** Another view would send more, or less, than was said. */
export function checkWebhookViews(
  webhooks: ReadonlyMap<string, Webhook>,
  collections: ReadonlyMap<string, Collection>,
  report: Report,
): void {
  for (const { name, view, filters } of webhooks.values())
    for (const collection of filters.keys()) {
      const views = collections.get(collection)?.views
      if (!views || views.has(view)) continue
      report.error(
        'BACKO_CONFIG_WEBHOOK',
        ['webhooks', name, 'view'],
        `${collection} has no view ${view}`,
        { hint: didYouMean(view, views.keys()) },
      )
    }
}

function compileWebhook(
  name: string,
  said: WebhookConfig,
  drafts: Drafts,
  tools: RuleTools,
): Webhook {
  const path = ['webhooks', name]
  checkUrl(said, path, tools)
  const known = said.collections ?? [...drafts.keys()]
  const filters = new Map<string, Expr | null>()
  for (const collection of known) {
    const draft = drafts.get(collection)
    if (draft) filters.set(collection, filterOf(draft, said.filter, [...path, 'filter'], tools))
    else
      tools.report.error(
        'BACKO_CONFIG_UNKNOWN_COLLECTION',
        [...path, 'collections'],
        `unknown collection ${collection}`,
        { hint: didYouMean(collection, drafts.keys()) },
      )
  }
  const { filter: _filter, collections: _collections, events, ...rest } = said
  return Object.freeze({ ...rest, name, events: new Set(events), filters })
}

function checkUrl({ url }: WebhookConfig, path: ConfigPath, { report }: RuleTools): void {
  const at = [...path, 'url']
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (!parsed || !/^https?:$/.test(parsed.protocol)) {
    report.error('BACKO_CONFIG_WEBHOOK', at, 'must be an http or https URL')
    return
  }
  if (parsed.username !== '' || parsed.password !== '') {
    report.error('BACKO_CONFIG_WEBHOOK', at, 'credentials do not belong into the URL', {
      hint: 'give them under `headers`: Authorization: ${TOKEN}',
    })
  }
  const own = /^(localhost|127\..*|\[::1\])$/.test(parsed.hostname)
  if (parsed.protocol === 'http:' && !own) {
    report.warning(
      'BACKO_CONFIG_WEBHOOK_HTTP',
      at,
      'items go over http, which anyone on the way can read',
      {
        hint: 'use https',
      },
    )
  }
}

function filterOf(
  draft: CollectionDraft,
  filter: unknown,
  path: ConfigPath,
  { scopes, report }: RuleTools,
): Expr | null {
  if (filter === undefined || filter === null) return null
  const scope = scopes.item(draft.field.valueType)
  if (typeof filter === 'string')
    return compileCondition(filter, { scope, path }, report)?.expr ?? null
  const checked = filterToExpr(filter, scope, { guarded: false })
  if (checked.ok) return checked.value
  for (const { message, key, hint } of checked.problems)
    report.error('BACKO_CONFIG_FILTER', path, key === undefined ? message : `${message}: ${key}`, {
      hint,
    })
  return null
}
