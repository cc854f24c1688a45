/**
 * Tells, when serving starts, of data under former names: it is served, and a migration moves it. A bounded look at
 * the first items of each collection. Changes nothing.
 */
import type { Connector } from '../connectors/connector.ts'
import type { Backoffice, Collection } from '../model/backoffice.ts'
import { holdsRenamed, moveRenamed } from '../model/values/former.ts'

interface Log {
  readonly warn: (data: object, message: string) => void
}

/** Items that are looked at. */
const LOOK = 1000

export async function tellFormer(
  { collections }: Backoffice,
  connectors: ReadonlyMap<string, Connector>,
  log: Log,
): Promise<void> {
  for (const connector of connectors.values()) tellPlaces(connector, collections, log)
  for (const collection of collections.values()) {
    const connector = connectors.get(collection.storage)
    if (connector && holdsRenamed(collection.item)) await tellFields(connector, collection, log)
  }
}

function tellPlaces(connector: Connector, collections: Backoffice['collections'], log: Log): void {
  for (const { name, from, to, served } of connector.former?.() ?? []) {
    const collection = collections.get(name) ?? collections.get(name.replace(/[.~].*$/, ''))
    const what = served
      ? `${name} is kept as ${from}, its former name, and served from there`
      : `${from}, a former name of ${name}, holds some that are not served, as ${to} does too`
    log.warn({ name, from, to }, `${what}: ${commandFor(collection?.name)}`)
  }
}

async function tellFields(connector: Connector, collection: Collection, log: Log): Promise<void> {
  const { name, item } = collection
  for await (const batch of connector.scan(name, LOOK)) {
    const held = batch.filter(({ doc }) => moveRenamed(item, doc) !== doc).length
    if (held === 0) return
    const many = batch.length === LOOK ? ` of the first ${LOOK}` : ''
    const who =
      held === 1 ? `1 item${many} of ${name} holds` : `${held}${many} items of ${name} hold`
    log.warn(
      { collection: name, items: held },
      `${who} data under former names of its fields, which are served: ${commandFor(name)}`,
    )
    return
  }
}

const commandFor = (collection = ''): string =>
  `\`backo migrate ${collection}${collection === '' ? '' : ' '}--no-dry-run\` moves it`
