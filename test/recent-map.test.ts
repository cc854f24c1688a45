import t from 'tap'
import { createRecentMap } from '../src/recent-map.ts'

t.test('keeps what was used lately, within its bound', async (t) => {
  const map = createRecentMap<number>(3)
  for (const [at, key] of ['a', 'b', 'c', 'd'].entries()) map.set(key, at)
  t.equal(map.get('a'), 0, 'used again')
  for (const [at, key] of ['e', 'f', 'g'].entries()) map.set(key, at)
  t.equal(map.get('b'), undefined, 'not used for two generations')
  t.equal(map.get('a'), 0)
  map.delete('a')
  t.equal(map.get('a'), undefined)
  for (let i = 0; i < 1000; i += 1) map.set(`k${i}`, i)
  const kept = Array.from({ length: 1000 }, (_, i) => map.get(`k${i}`)).filter(
    (each) => each !== undefined,
  )
  t.equal(kept.length <= 6, true)
  t.equal(map.get('k999'), 999)
})
