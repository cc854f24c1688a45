/** Rows of a table, told one by one as they come. */

export type Row = Readonly<Record<string, string | number>>

const LEAST = 6
/** faults of a row that are told: the first says most */
const FAULTS = 5

/** Tells each row under the names of its columns, which are told before the first, and what was wrong in it. */
export function teller(
  tell: (line: string) => void,
): (row: Row, faults: readonly string[]) => void {
  let headed = false
  return (row, faults) => {
    const columns = Object.entries(row)
    if (!headed)
      tell(columns.map(([name, value]) => name.padStart(widthOf(name, value))).join('  '))
    headed = true
    tell(columns.map(([name, value]) => String(value).padStart(widthOf(name, value))).join('  '))
    for (const fault of faults.slice(0, FAULTS)) tell(`    ${fault}`)
  }
}

/** Texts are given with the width that they need. */
const widthOf = (name: string, value: string | number): number =>
  Math.max(name.length, LEAST, typeof value === 'string' ? value.length : 0)
