/**
 * The connection to MongoDB: opened with short waits, checked for what we need of it (transactions), and its
 * going and coming logged. Credentials of the url never leave this file.
 */
import { MongoClient, MongoError, MongoParseError, MongoServerSelectionError } from 'mongodb'
import type { Db, MongoClientOptions, TopologyDescription } from 'mongodb'
import type { Log } from '../log.ts'
import { StoreUnavailable } from '../store-unavailable.ts'
import { shownUrl } from './shown-url.ts'

export interface MongodbOptions {
  readonly url: string
  /** else the one that the url names */
  readonly database?: string
  /** of the driver: pool, timeouts, TLS, authentication */
  readonly options?: Readonly<Record<string, unknown>>
  readonly log?: Log
  /** collections and indexes that are missing are not made; `commit` is not called */
  readonly readOnly?: boolean
  /** how many ids a look at the far end of a reference may give before `$lookup` is used instead */
  readonly farIds?: number
}

/**
 * Milliseconds. Low, so that a request is answered (503) rather than kept while no server can be had; a server that
 * keeps its connections and says nothing is given up after heartbeatFrequencyMS and connectTimeoutMS.
 */
const WAITS = {
  serverSelectionTimeoutMS: 2000,
  connectTimeoutMS: 2000,
  heartbeatFrequencyMS: 2000,
  socketTimeoutMS: 60_000,
}

export interface Server {
  readonly client: MongoClient
  readonly db: Db
}

/** @throws StoreUnavailable when the server is away, refuses us, or has no transactions */
export async function connect({
  url,
  database,
  options,
  log,
}: MongodbOptions & { log: Log }): Promise<Server> {
  const shown = shownUrl(url)
  let client: MongoClient
  try {
    client = new MongoClient(url, {
      ...WAITS,
      appName: 'backo',
      ...(options as MongoClientOptions),
      // what the promises of a commit stand on is not for the configuration to change
      writeConcern: { w: 'majority' },
      readConcern: { level: 'majority' },
      readPreference: 'primary',
      retryWrites: true,
      ignoreUndefined: false,
      promoteValues: true,
      promoteBuffers: false,
      raw: false,
    })
  } catch (error) {
    // of such a url the driver tells parts, any of which may be the password
    const words = isUnencoded(url) ? 'the url can not be read' : wordsOf(error, url)
    throw new StoreUnavailable(`MongoDB: ${words} (${shown})`, {
      hint: 'Look at `url` and `options` of the storage. In users and passwords @ : / ? # % are written %40 %3A %2F %3F %23 %25.',
    })
  }
  logChanges(client, shown, log)
  try {
    await client.connect()
    const name = database ?? (nameIn(url) ? client.db().databaseName : undefined)
    if (name === undefined)
      throw new StoreUnavailable(`MongoDB: no database is named for ${shown}`, {
        hint: 'Give `database:` beside `url:`, or end the url in /name.',
      })
    const db = client.db(name)
    await expectTransactions(db, shown)
    return { client, db }
  } catch (error) {
    await client.close().catch(() => undefined)
    throw error instanceof StoreUnavailable ? error : unavailable(error, url)
  }
}

const REPLICA_SET_HINT =
  'backo needs transactions: start mongod with --replSet rs0, and run rs.initiate() once in mongosh. One member is enough.'

async function expectTransactions(db: Db, shown: string): Promise<void> {
  const hello = await db.admin().command({ hello: 1 })
  if (typeof hello['setName'] === 'string' || hello['msg'] === 'isdbgrid') return
  throw new StoreUnavailable(
    `MongoDB: ${shown} is a standalone server, which has no transactions`,
    { hint: REPLICA_SET_HINT },
  )
}

/** Why the server can't be had, in one line. */
export function unavailable(error: unknown, url: string): StoreUnavailable {
  const shown = shownUrl(url)
  const what = wordsOf(error, url)
  if (isUninitiated(error))
    return new StoreUnavailable(`MongoDB: the replica set at ${shown} was never initiated`, {
      hint: 'Run rs.initiate() once in mongosh.',
    })
  const code = error instanceof MongoError ? error.code : undefined
  if (code === 18 || code === 13)
    return new StoreUnavailable(`MongoDB: ${shown} refuses us: ${what}`, {
      hint: 'Look at the user, the password and `authSource` in the url, and at the roles of the user: readWrite is enough.',
    })
  if (error instanceof MongoServerSelectionError)
    return new StoreUnavailable(`MongoDB: can't reach ${shown}: ${what}`, {
      hint: 'Is the server running, is its replica set with a primary, and are the names of its members known here?',
    })
  return new StoreUnavailable(`MongoDB: ${shown}: ${what}`)
}

/** Servers started with --replSet, before rs.initiate(). */
function isUninitiated(error: unknown): boolean {
  if (!(error instanceof MongoServerSelectionError)) return false
  const { reason } = error
  if (reason === undefined || !('servers' in reason)) return false
  const servers = [...(reason as TopologyDescription).servers.values()]
  return servers.some(({ type }) => type === 'RSGhost')
}

const nameIn = (url: string): boolean => /^[a-z+]+:\/\/(?:.*@)?[^/?]*\/[^?]+/is.test(url)

/** Where a user and a password seem to be stand signs that divide a url. */
function isUnencoded(url: string): boolean {
  const user = credentialsIn(url) ?? ''
  return /[@/?#]|:.*:|%(?![0-9a-f]{2})/is.test(user)
}

const credentialsIn = (url: string): string | undefined => /^[a-z+]+:\/\/(.*)@/is.exec(url)?.[1]

/** The driver's own words on one line, without what the url says before the host and in its options. */
export function wordsOf(error: unknown, url: string): string {
  let words = error instanceof Error ? error.message : String(error)
  const user = credentialsIn(url)
  const password = user?.slice(user.indexOf(':') + 1)
  for (const secret of [url, user ?? '', password ?? '', ...secretsIn(url)])
    for (const form of [secret, decoded(secret)])
      if (form.length > 0) words = words.replaceAll(form, '***')
  return error instanceof MongoParseError || words !== '' ? words.replace(/\s+/g, ' ') : 'no answer'
}

/** Values of options whose names say that they are secret. */
const secretsIn = (url: string): string[] =>
  [...url.matchAll(/[?&][^=&]*(?:password|properties)=([^&]*)/gi)].map(([, value = '']) => value)

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const hasPrimary = ({ type, servers }: TopologyDescription): boolean =>
  type === 'Sharded' ||
  type === 'Single' ||
  [...servers.values()].some((one) => one.type === 'RSPrimary')

function logChanges(client: MongoClient, shown: string, log: Log): void {
  client.on('topologyDescriptionChanged', ({ previousDescription, newDescription }) => {
    const before = hasPrimary(previousDescription)
    const now = hasPrimary(newDescription)
    if (before && !now && newDescription.type !== 'Unknown')
      log.warn({ server: shown }, 'the primary of the database is away')
    if (!before && now) log.info({ server: shown }, 'the primary of the database answers')
  })
}
