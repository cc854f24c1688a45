/** A collection as a command names it. */
import type { Backoffice, Collection } from '../model/backoffice.ts'
import { nearest } from '../nearest.ts'
import { BadTransfer } from './bad-transfer.ts'

/** @throws BadTransfer with what it is called now, the nearest name, or all of them */
export function collectionNamed({ collections }: Backoffice, name: string): Collection {
  const found = collections.get(name)
  if (found) return found
  const now = [...collections.values()].find(({ formerNames }) => formerNames.includes(name))
  const near = nearest(name, collections.keys())
  const hint = now
    ? `it is ${now.name} now`
    : near === undefined
      ? `there are ${[...collections.keys()].join(', ')}`
      : `did you mean ${near}?`
  throw new BadTransfer(`there is no collection ${name}`, hint)
}
