/** The order in which rows that wait are made. */
import t from 'tap'
import { inOrderOfNeeds } from '../../src/transfer/order-rows.ts'

const ROWS: readonly {
  readonly name: string
  /** `a<b,c`: a needs b and c; `<a`: a row without a key */
  readonly rows: string
  readonly groups: string
}[] = [
  { name: 'nothing', rows: '', groups: '' },
  { name: 'alone', rows: 'a b', groups: '0 1' },
  { name: 'a chain backwards', rows: 'a<b b<c c', groups: '2 1 0' },
  { name: 'itself', rows: 'a<a', groups: '0' },
  { name: 'what nobody makes', rows: 'a<x', groups: '0' },
  { name: 'a circle', rows: 'a<b b<c c<a', groups: '0,1,2' },
  { name: 'a circle, and who needs it', rows: 'd<b a<b b<a e<d', groups: '1,2 0 3' },
  { name: 'two circles, one after the other', rows: 'a<b b<a,c c<d d<c', groups: '2,3 0,1' },
  { name: 'without a key', rows: '<b b', groups: '1 0' },
  { name: 'the same key twice: the first makes it', rows: 'b<a a a', groups: '1 0 2' },
]

for (const { name, rows, groups } of ROWS)
  t.test(name, async (t) => {
    const waiting = rows
      .split(' ')
      .filter(Boolean)
      .map((row) => {
        const [key = '', needs] = row.split('<')
        return { key: key === '' ? null : key, needs: needs?.split(',') ?? [] }
      })
    t.equal([...inOrderOfNeeds(waiting)].join(' '), groups)
  })

t.test('100 000 in one chain, and in one circle', async (t) => {
  const N = 100_000
  const chain = Array.from({ length: N }, (_, i) => ({ key: `${i}`, needs: [`${i + 1}`] }))
  t.equal([...inOrderOfNeeds(chain)][0]?.[0], N - 1)
  const circle = [...chain.slice(0, -1), { key: `${N - 1}`, needs: ['0'] }]
  t.equal([...inOrderOfNeeds(circle)][0]?.length, N)
})
