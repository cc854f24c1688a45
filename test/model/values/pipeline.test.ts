/** The value pipeline over a model compiled from YAML, stage after stage as a creation and a change go. */
import t from 'tap'
import type { FieldError } from '../../../src/errors.ts'
import type { DictValue } from '../../../src/expression/expr.ts'
import { accept } from '../../../src/model/values/accept.ts'
import { checkItem } from '../../../src/model/values/check.ts'
import { complete } from '../../../src/model/values/complete.ts'
import { computeOnRead, computeStored } from '../../../src/model/values/compute.ts'
import { withDefaults } from '../../../src/model/values/defaults.ts'
import { misfits } from '../../../src/model/values/misfits.ts'
import { collectionOf, modelOf } from '../compile-text.ts'
import { ENV } from '../fields/field-of.ts'

const TEXT = `
default_rights: true
types:
  Name: { type: String, regexp: '[A-Z]', max_length: 10, transform: value.trim() }
collections:
  orders:
    fields:
      name: { type: Name, required: true }
      kind: { type: String, in: [A, B], default: A }
      made: { type: Datetime, default: { expr: now() } }
      net: { type: Float, minimum: 0 }
      tax: { type: Float, constraint: { expr: value < item.net, message: Too much tax } }
      total: { type: Float, set: item.net + item.tax }
      age: { type: Bool, set: item.made < now() }
      why: { type: String, exists: item.kind == "B", required: true }
      secret: { type: Password, min_length: 5 }
      ip: IpAddress
      lines:
        type: List
        max: 2
        items: { type: Dict, fields: { price: { type: Float, required: true }, count: { type: Int, default: 1 } } }
`

const { item, ...orders } = collectionOf(await modelOf(TEXT), 'orders')
const collection = { item, ...orders }

function write(
  base: DictValue | null,
  body: unknown,
): { doc: DictValue; errors: readonly FieldError[] } {
  const accepted = accept(item, base, body, { env: ENV })
  const full = base === null ? withDefaults(item, accepted.doc, ENV, accepted.given) : accepted.doc
  const doc = computeStored(collection, full, ENV)
  return { doc, errors: [...accepted.errors, ...checkItem(item, doc, ENV)] }
}

const good = { name: ' Jo ', net: 10, tax: 2, ip: '0:0:0:0:0:0:0:1', lines: [{ price: 1 }] }

t.test('a creation', (t) => {
  const { doc, errors } = write(null, good)
  t.strictSame(errors, [])
  t.match(doc, {
    name: 'Jo',
    kind: 'A',
    made: ENV.now,
    net: 10,
    tax: 2,
    total: 12,
    why: null,
    ip: '::1',
    lines: [{ price: 1, count: 1 }],
  })
  t.notOk('age' in doc, 'what uses now() is not stored')
  t.equal(computeOnRead(collection, doc, { ...ENV, now: '2030-01-01T00:00:00.000Z' })['age'], true)
  t.equal(complete(item, doc), doc)
  t.strictSame(misfits(item, doc), [])
  t.end()
})

/** body, errors as text */
const REFUSED: readonly (readonly [object, readonly string[]])[] = [
  [{ name: null }, ['$.name Cannot be empty']],
  [{ name: 'jo' }, ["$.name Doesn't match regexp"]],
  [{ name: 'J'.repeat(11) }, ['$.name Must have a length <= 10']],
  [{ kind: 'C' }, ['$.kind Not in list']],
  [{ kind: 'B' }, ['$.why Cannot be empty']],
  [{ kind: 'B', why: 'x' }, []],
  [{ net: -1 }, ['$.net Must be >= 0', '$.tax Too much tax']],
  [{ tax: 11 }, ['$.tax Too much tax']],
  [{ tax: null }, []],
  [{ net: null }, ['$.tax Too much tax']],
  [{ secret: 'abc' }, ['$.secret Must have a length >= 5']],
  [{ lines: [{}, { price: 'x' }] }, ['$.lines[1].price Must be a float']],
  [{ lines: [{}] }, ['$.lines[0].price Cannot be empty']],
  [{ lines: [{ price: 1 }, { price: 2 }, { price: 3 }] }, ['$.lines Must have a length <= 2']],
  [{ ip: '1.2.3', nope: 1 }, ['$.ip Must be an IP address', '$.nope Unknown field']],
]

t.test('changes', (t) => {
  const { doc } = write(null, good)
  for (const [body, errors] of REFUSED) {
    const found = write(doc, body).errors.map(({ path, message }) => `${path} ${message}`)
    t.strictSame(found, errors, JSON.stringify(body))
  }
  t.equal(write(doc, { tax: 3 }).doc['total'], 13)
  t.equal(write(doc, { tax: null }).doc['total'], null, 'unknown is unset')
  t.end()
})
