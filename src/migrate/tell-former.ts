/**
 * Tells, when serving starts, of data under former names: it is served, and a migration moves it. A bounded look at
 * the first items of each collection that has any. Changes nothing.
 */
import type { Connector, StoredItem } from '../connectors/connector.ts'
import type { Backoffice, Collection, RelationSide } from '../model/backoffice.ts'
import { holdsRenamed, moveRenamed, pathsOnce } from '../model/values/former.ts'
import { getAt } from '../operations/at-path.ts'

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
    const turned = collection.sides.filter((side) => mayHaveTurned(collections, side))
    if (connector && (holdsRenamed(collection.item) || turned.length > 0))
      await tellItems(connector, { collection, turned }, log)
  }
}

function tellPlaces(connector: Connector, collections: Backoffice['collections'], log: Log): void {
  for (const { name, from, to, served } of connector.former?.() ?? []) {
    const collection = collections.get(name) ?? collections.get(name.replace(/[.~].*$/, ''))
    const what = served
      ? `${name} is kept as ${from}, its former name, and served from there`
      : `${from}, a former name of ${name}, holds some that are not served, as ${to} does too`
    log.warn({ name, from, to }, `${what}: ${commandFor(collection?.name ?? '')}`)
  }
}

/**
 * One of two references to each other is kept, the first by name where none is required: that may have been this one
 * before something was renamed.
 */
function mayHaveTurned(
  collections: Backoffice['collections'],
  { kept, many, path, collection, reverse }: RelationSide,
): boolean {
  if (kept !== 'linked' || many || !reverse || reverse.many || reverse.required) return false
  return [
    { of: collections.get(collection), at: path },
    { of: collections.get(reverse.collection), at: reverse.path },
  ].some(({ of, at }) => of && (of.formerNames.length > 0 || pathsOnce(of.item, at).length > 1))
}

interface Looked {
  readonly collection: Collection
  readonly turned: readonly RelationSide[]
}

async function tellItems(
  connector: Connector,
  { collection, turned }: Looked,
  log: Log,
): Promise<void> {
  const { name, item } = collection
  for await (const batch of connector.scan(name, LOOK)) {
    const tell = (held: readonly StoredItem[], what: string): void => {
      if (held.length === 0) return
      const many = batch.length === LOOK ? ` of the first ${LOOK}` : ''
      const verb =
        held.length === 1 ? `item${many} of ${name} holds` : `items${many} of ${name} hold`
      log.warn(
        { collection: name, items: held.length },
        `${held.length} ${verb} ${what}: ${commandFor(name)}`,
      )
    }
    const renamed = batch.filter(({ doc }) => moveRenamed(item, doc) !== doc)
    tell(renamed, 'data under former names of its fields, which are served')
    for (const { path, reverse } of turned) {
      const keys = path.split('.')
      const links = batch.filter(
        ({ doc }) => typeof getAt(moveRenamed(item, doc), keys) === 'string',
      )
      tell(links, `links in ${path}, which are kept in ${reverse?.name} now and not served`)
    }
    return
  }
}

const commandFor = (collection: string): string =>
  `\`backo migrate${collection === '' ? '' : ` ${collection}`} --no-dry-run\` moves them`
