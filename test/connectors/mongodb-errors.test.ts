/** Which errors of the driver mean that the database is away: those are tried again, and told as 503. */
import t from 'tap'
import { MongoBulkWriteError, MongoNetworkError, MongoServerError } from 'mongodb'
import { isAway, storeError } from '../../src/connectors/mongodb/mongo-errors.ts'

const node = (code: string): Error => Object.assign(new Error(code), { code })
const server = (code: number): MongoServerError => new MongoServerError({ message: 'no', code })

const ROWS: readonly (readonly [name: string, error: unknown, away: boolean])[] = [
  ['a connection that broke', new MongoNetworkError('closed'), true],
  ['a socket that the other end has just closed', node('EPIPE'), true],
  ['a socket that is gone', node('ERR_STREAM_DESTROYED'), true],
  ['a primary that is none any more', server(10107), true],
  ['a value that is taken', server(11000), false],
  ['a file of ours', node('ENOENT'), false],
  ['a fault of ours', new TypeError('x is undefined'), false],
  [
    'a broken connection in a group of writes',
    new MongoBulkWriteError(new MongoNetworkError('closed') as never, {} as never),
    true,
  ],
]

for (const [name, error, away] of ROWS)
  t.test(name, async (t) => {
    t.equal(isAway(error), away)
    if (away) t.match(storeError(error), { status: 503, headers: { 'retry-after': '1' } })
    else t.equal(storeError(error), error)
  })
