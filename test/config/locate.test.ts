/**
 * Paths to places: keys, values, parts of texts, through aliases, merges and other spellings.
 */
import t from 'tap'
import type { ConfigPath, ConfigSource } from '../../src/config/config.ts'
import { loadConfigText } from '../../src/config/load-config.ts'

const TEXT = `backo: 1
name: app
x-right: &right item.owner == current_user._id
x-base: &base
  can_delete: item.a
collections:
  books:
    <<: *base
    can_read: *right
    can_create: 'it''s' == item.a
    fields:
      a: Int
      b: { type: Int, minimum: 4, constraint: "value > \\"x\\" + 1" }
      c:
        type: Int
        set: |
          item.a +
            item.b
        can_read: 'item.x == ''a'' || b'
        can_modify: >-
          item.a
          + 1
        transform: item.a
          + 2
        exists: \${E:-item.a} + 1
        on: { saved: hook }
        min:
    indexes:
      - fields: [a]
      - { fields: [b, c] }
`

type Options = NonNullable<Parameters<ConfigSource['locate']>[1]>

t.test('places', async (t) => {
  // a quoted text cannot go on behind its quote
  const { source, findings } = await loadConfigText(
    TEXT.replace("can_create: 'it''s' == item.a", "can_create: 'it''s == item.a'"),
  )
  t.strictSame(
    findings.map(({ message }) => message),
    ['expected a whole number, got nothing'],
  )
  const field = (name: string, ...rest: (string | number)[]): ConfigPath => [
    'collections',
    'books',
    'fields',
    name,
    ...rest,
  ]
  const range = (start: number, end: number): Options => ({ range: { start, end } })
  const rows: readonly [
    story: string,
    path: ConfigPath,
    options: Options | undefined,
    at: readonly [number, number, number],
  ][] = [
    ['the file', [], undefined, [1, 1, 5]],
    ['a value', ['name'], undefined, [2, 7, 3]],
    ['a key', ['name'], { at: 'key' }, [2, 1, 4]],
    ['a map is shown at its key', ['collections', 'books'], undefined, [7, 3, 5]],
    ['shorthand: the type', field('a', 'type'), undefined, [12, 10, 3]],
    ['shorthand: no such option', field('a', 'min'), { at: 'key' }, [12, 10, 3]],
    ['a missing key: the nearest', field('b', 'max'), undefined, [13, 7, 1]],
    ['far from anything', ['collections', 'none', 'fields', 'x'], undefined, [6, 1, 11]],
    ['another spelling', field('b', 'min'), undefined, [13, 32, 1]],
    ['another spelling, its key', field('b', 'min'), { at: 'key' }, [13, 23, 7]],
    ['a list made of one, with escapes', field('b', 'constraints', 0), range(8, 11), [13, 56, 5]],
    ['a hook made a list', field('c', 'on', 'saved', 0), undefined, [26, 22, 4]],
    ['an alias: the text itself', ['collections', 'books', 'can_read'], range(5, 10), [3, 22, 5]],
    [
      'an alias: the key where it is used',
      ['collections', 'books', 'can_read'],
      { at: 'key' },
      [9, 5, 8],
    ],
    [
      'a merge: where it was written',
      ['collections', 'books', 'can_delete'],
      range(5, 6),
      [5, 20, 1],
    ],
    ['a merged key', ['collections', 'books', 'can_delete'], { at: 'key' }, [5, 3, 10]],
    ['single quotes', ['collections', 'books', 'can_create'], range(2, 4), [10, 20, 3]],
    ['single quotes, behind', field('c', 'can_read'), range(17, 18), [19, 39, 1]],
    ['a block, first line', field('c', 'set'), range(5, 6), [17, 16, 1]],
    ['a block, second line', field('c', 'set'), range(11, 15), [18, 13, 4]],
    ['a folded block: its start', field('c', 'can_modify'), range(7, 8), [20, 21, 2]],
    ['plain over two lines: its start', field('c', 'transform'), range(7, 8), [23, 20, 6]],
    ['filled in by a variable: the whole', field('c', 'exists'), range(0, 2), [25, 17, 16]],
    ['nothing behind the key: the key', field('c', 'min'), undefined, [27, 9, 3]],
    [
      'an item of a list',
      ['collections', 'books', 'indexes', 1, 'fields', 1],
      undefined,
      [30, 23, 1],
    ],
    ['a map in a list', ['collections', 'books', 'indexes', 0], undefined, [29, 9, 6]],
    ['a map in braces in a list', ['collections', 'books', 'indexes', 1], undefined, [30, 9, 18]],
    ['beyond the list', ['collections', 'books', 'indexes', 7], undefined, [28, 5, 7]],
  ]
  for (const [story, path, options, [line, column, length]] of rows)
    t.match(source.locate(path, options), { line, column, length }, story)
})
