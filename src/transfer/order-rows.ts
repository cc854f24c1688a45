/**
 * Rows that refer to each other in an order in which what is needed comes first; rows that need each other in a circle
 * are one group, as only one transaction can make them. Tarjan's strongly connected components, without recursion.
 * Knows keys only.
 */

export interface Waiting {
  /** of the item that it makes; null: nobody can need it */
  readonly key: string | null
  readonly needs: readonly string[]
}

/** Groups of indexes into `rows`. What nobody here makes is nobody's need. */
export function* inOrderOfNeeds(rows: readonly Waiting[]): Generator<readonly number[]> {
  const makers = new Map<string, number>()
  for (const [at, { key }] of rows.entries())
    if (key !== null && !makers.has(key)) makers.set(key, at)
  const number = new Int32Array(rows.length).fill(-1)
  const low = new Int32Array(rows.length)
  const open: number[] = []
  const isOpen = new Uint8Array(rows.length)
  let count = 0
  const enter = (at: number): Step => {
    number[at] = low[at] = count++
    open.push(at)
    isOpen[at] = 1
    return { at, next: 0 }
  }
  for (let start = 0; start < rows.length; start++) {
    if (number[start] !== -1) continue
    const path = [enter(start)]
    for (let step = path.at(-1); step; step = path.at(-1)) {
      const { at } = step
      const needed = rows[at]?.needs[step.next++]
      if (needed !== undefined) {
        const other = makers.get(needed)
        if (other === undefined || other === at) continue
        if (number[other] === -1) path.push(enter(other))
        else if (isOpen[other]) lower(low, at, number[other] ?? 0)
        continue
      }
      path.pop()
      const parent = path.at(-1)
      if (parent) lower(low, parent.at, low[at] ?? 0)
      if (low[at] === number[at]) yield closed(open, isOpen, at)
    }
  }
}

interface Step {
  readonly at: number
  next: number
}

function lower(low: Int32Array, at: number, to: number): void {
  if (to < (low[at] ?? 0)) low[at] = to
}

/** The group that was entered through `at`, in the order of the file. */
function closed(open: number[], isOpen: Uint8Array, at: number): readonly number[] {
  const group = open.splice(open.lastIndexOf(at))
  for (const each of group) isOpen[each] = 0
  return group.sort((a, b) => a - b)
}
