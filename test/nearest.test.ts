/**
 * "Did you mean": words that are near, and words that are not.
 */
import t from 'tap'
import { nearest } from '../src/nearest.ts'

t.test('nearest', (t) => {
  const words = [
    'collections',
    'current_user',
    'name',
    'server',
    'storage',
    'String',
    'hooks',
    'UNLINK_ITEMS',
  ]
  const rows: readonly [word: string, found: string | undefined][] = [
    ['colections', 'collections'],
    ['colletcions', 'collections'],
    ['Name', 'name'],
    ['nmae', 'name'],
    ['sever', 'server'],
    ['hook', 'hooks'],
    ['string', 'String'],
    ['unlink', 'UNLINK_ITEMS'],
    ['s', undefined],
    ['st', undefined],
    ['xyz', undefined],
    ['', undefined],
    ['webhooks', undefined],
    ['x'.repeat(100_000), undefined],
  ]
  for (const [word, found] of rows) t.equal(nearest(word, words), found, word.slice(0, 20))
  t.equal(nearest('a', []), undefined)
  t.equal(nearest('ab', new Set(['ac', 'ad'])), 'ac', 'the first of equals')
  t.end()
})
