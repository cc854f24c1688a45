/** Bodies: what is JSON, and where what is none breaks. */
import t from 'tap'
import { findJsonFault } from '../../src/json-fault.ts'
import { MAX_DEPTH, parseJsonBody } from '../../src/http/json-body.ts'

const FAULTS: readonly (readonly [text: string, place: string])[] = [
  ['{', 'line 1, column 2: expected a key in double quotes, found the end'],
  ['{"a":1,}', 'line 1, column 8: expected a key in double quotes, found "}"'],
  ['{"a" 1}', 'line 1, column 6: expected ":", found "1"'],
  ['{\n  "a": x\n}', 'line 2, column 8: expected a value, found "x"'],
  ['[1 2]', 'line 1, column 4: expected "," or "]", found "2"'],
  ['[1,]', 'line 1, column 4: expected a value, found "]"'],
  ["{'a':1}", 'line 1, column 2: expected a key in double quotes, found "\'"'],
  ['"abc', 'line 1, column 5: a string is not closed'],
  ['"a\nb"', 'line 1, column 3: a line break or control character in a string'],
  ['"\\x"', 'line 1, column 2: an escape that JSON does not know'],
  ['"\\u12g4"', 'line 1, column 2: an escape that JSON does not know'],
  ['1 1', 'line 1, column 3: expected nothing more, found "1"'],
  ['01', 'line 1, column 2: expected nothing more, found "1"'],
  ['+1', 'line 1, column 1: expected a value, found "+"'],
  ['.5', 'line 1, column 1: expected a value, found "."'],
  ['1.', 'line 1, column 2: expected nothing more, found "."'],
  ['NaN', 'line 1, column 1: expected a value, found "N"'],
  ['undefined', 'line 1, column 1: expected a value, found "u"'],
  ['// no\n1', 'line 1, column 1: expected a value, found "/"'],
  [' ', 'line 1, column 2: expected a value, found the end'],
  ['{"é": ☃}', 'line 1, column 7: expected a value, found "☃"'],
  ['[😀]', 'line 1, column 2: expected a value, found "😀"'],
]

for (const [text, place] of FAULTS) {
  t.test(JSON.stringify(text), async (t) => {
    t.throws(() => JSON.parse(text), 'it is no JSON')
    t.throws(() => parseJsonBody(Buffer.from(text)), {
      status: 400,
      message: `bad JSON at ${place}`,
    })
  })
}

const TEXTS = [
  '0',
  '-0.5e+10',
  '"\\u00e9\\n\\"\\\\"',
  ' [ 1 , [ ] , { } ] ',
  '{"a":{"b":[true,false,null]}}',
  '""',
  '{"":0}',
  '"\u2028"',
]
for (const [index, text] of TEXTS.entries()) {
  // not the text: TAP's parser stumbles over a line separator in a name
  t.test(`no fault in text ${index}`, async (t) => {
    t.same(parseJsonBody(Buffer.from(text)), JSON.parse(text))
    t.equal(findJsonFault(text), undefined)
  })
}

t.test('depth', async (t) => {
  const nested = (depth: number): Buffer => Buffer.from('['.repeat(depth) + ']'.repeat(depth))
  t.doesNotThrow(() => parseJsonBody(nested(MAX_DEPTH)))
  t.throws(() => parseJsonBody(nested(MAX_DEPTH + 1)), { status: 400, message: /nested deeper/ })
  t.throws(() => parseJsonBody(nested(500_000)), { status: 400, message: /nested/ })
  t.doesNotThrow(() => parseJsonBody(Buffer.from(`[${'[],'.repeat(500)}[]]`)), 'wide is not deep')
})

t.test('keys that name parts of objects pollute nothing', async (t) => {
  const body = parseJsonBody(
    Buffer.from('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
  )
  t.same(Object.keys(body as object), ['__proto__', 'constructor'])
  t.equal(({} as Record<string, unknown>)['polluted'], undefined)
  t.equal(Object.getPrototypeOf(body), Object.prototype)
})
