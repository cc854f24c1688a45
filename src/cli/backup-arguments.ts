/** A configuration, which may be left out, and a folder. */
import { BadTransfer } from '../transfer/bad-transfer.ts'

/** @throws BadTransfer without a folder */
export function withBackup(args: readonly string[]): {
  readonly file: string
  readonly folder: string
} {
  const [first, second] = args
  if (first === undefined || (second === undefined && /\.ya?ml$/i.test(first)))
    throw new BadTransfer('no folder is named', 'backo backup [backo.yaml] <folder>')
  return second === undefined
    ? { file: 'backo.yaml', folder: first }
    : { file: first, folder: second }
}
