/**
 * The code made of the schema at build says of every value what Ajv says of it, and of an alternative only what was
 * meant speaks.
 */
import { Ajv } from 'ajv'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import type { JsonSchema } from '../../src/config/schema-parts.ts'
import { backoValidator, createValidator } from '../../src/config/validator.ts'
import { ROOT } from '../support/spawn-backo.ts'

const { schema } = backoValidator()
type Tree = Record<string, unknown>

/** What stands at every place, and a way to put something else there. */
function* places(part: unknown): Generator<{ readonly parent: Tree; readonly key: string }> {
  if (typeof part !== 'object' || part === null) return
  for (const key of Object.keys(part)) {
    yield { parent: part as Tree, key }
    yield* places((part as Tree)[key])
  }
}

// prettier-ignore
const VALUES: readonly unknown[] = [
  null, true, 0, -1, 1.5, 70_000, NaN, Infinity, '', 'x', 'String', 'Ref', '1MiB', '5s', '😀',
  [], {}, [1], ['a'], ['a', 1], { a: 1 }, { 'a/b~c': 1 }, { 'x-a': 1 }, { expr: '1' }, { hook: 'h' },
  { expr: 1, hook: 2 }, { type: 'Int' }, { type: 'Ref' }, { type: 'nope' }, { in: [1], enum: [1] },
  { min: 1, minimum: 1 }, { type: 'List', items: { type: 'In' } },
]

/** The secret of the page is too short for the schema. */
const textOf = (file: string): string =>
  readFileSync(join(ROOT, file), 'utf8').replace(/secret: .*/, `secret: ${'x'.repeat(32)}`)

t.test('a value is wrong where Ajv finds it wrong', (t) => {
  const ajv = new Ajv({ strict: false, strictNumbers: true, allErrors: true, inlineRefs: false })
  const judge = ajv.compile(schema)
  const { validate } = backoValidator()
  let right = 0
  let wrong = 0
  const compare = (root: unknown, what: () => string): void => {
    const valid = judge(root) as boolean
    const errors = validate(root)
    if (valid) right++
    else wrong++
    if (valid !== (errors.length === 0)) t.fail(`${what()}: Ajv: ${valid}, here: ${errors.length}`)
    const known = new Set(judge.errors?.map(({ instancePath }) => instancePath))
    for (const { at } of errors)
      if (!known.has(at)) t.fail(`${what()}: nothing is wrong at ${at || 'the top'}`)
  }
  for (const file of ['test/config/fixtures/config-md.yaml', 'examples/quickstart/backo.yaml']) {
    const root: unknown = parse(textOf(file), { merge: true })
    compare(root, () => file)
    for (const { parent, key } of places(root)) {
      const before = parent[key]
      for (const value of VALUES) {
        parent[key] = value
        compare(root, () => `${file}: ${key}: ${JSON.stringify(value)}`)
      }
      if (!Array.isArray(parent)) {
        delete parent[key]
        compare(root, () => `${file}: without ${key}`)
      }
      parent[key] = before
      parent['unheard of'] = 1
      if (!Array.isArray(parent)) compare(root, () => `${file}: a new key beside ${key}`)
      delete parent['unheard of']
    }
  }
  t.ok(right > 500 && wrong > 3000, `${right} right, ${wrong} wrong`)
  t.end()
})

const listOrMap: JsonSchema = {
  anyOf: [
    { type: 'array', items: { type: 'string' } },
    { type: 'object', required: ['a', 'b', 'c'] },
    { $ref: '#/definitions/short' },
  ],
  definitions: { short: { type: 'object', properties: { a: { type: 'number' } } } },
}

const MEANT: readonly (readonly [story: string, value: unknown, said: readonly string[]])[] = [
  ['one of them', ['a'], []],
  ['another', { a: 1 }, []],
  ['the list', ['a', 1, 2], ['/1 type', '/2 type']],
  ['of two for maps, the one with fewer errors', { a: 'x' }, ['/a type']],
  ['none of this kind', 3, [' type']],
]
t.test('of alternatives', (t) => {
  const { validate } = createValidator(listOrMap)
  for (const [story, value, said] of MEANT)
    t.same(
      validate(value).map(({ at, keyword }) => `${at} ${keyword}`),
      said,
      story,
    )
  t.same(validate(3)[0]?.params, { type: ['array', 'object'] }, 'what would have been right')
  t.end()
})

t.test('a thousand errors are enough', (t) => {
  const { validate } = createValidator({ type: 'array', items: { type: 'string' } })
  t.equal(validate(Array.from({ length: 5000 }, (_, index) => index)).length, 1000)
  t.end()
})
