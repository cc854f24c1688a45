/** All races: a row each. */
import type { Race } from '../race.ts'
import { counters } from './counters.ts'
import { hooked } from './hooks.ts'
import { cascades, manysToMany, onesToMany, onesToOne, storages } from './links.ts'
import { rules } from './rules.ts'
import { uniques } from './uniques.ts'
import { winning } from './winners.ts'

export const RACES: readonly Race[] = [
  ...counters,
  ...winning,
  ...uniques,
  ...onesToMany,
  ...onesToOne,
  ...manysToMany,
  ...storages,
  ...cascades,
  ...hooked,
  ...rules,
]

const ACROSS_NAMES = new Set([
  'counter: actions in batches, of two items in whatever order',
  'unique: three pass theirs on, by a hook',
  'one to many: a list with required: true',
  'one to one: plain',
  'many to many: ods: UNLINK_REFERENCED_ITEMS / ods: DELETE_REFERENCED_ITEMS',
  'many to many: friends of friends',
  'cascades: rings that are turned while they go',
  'hooks: money goes to and fro, some refuse at the end',
  'hooks: totals that are made when they are first needed',
  'hooks: numbers without a gap',
  'hooks: two read what the other changes',
  'rules: a limit that is looked at from both ends',
])

/** Those that only one process runs on a store where two do the others anyway. */
export const ALONE: readonly Race[] = RACES.filter(({ name }) => !ACROSS_NAMES.has(name))

/** Those that several processes run too: no two have a collection in common. */
export const ACROSS: readonly Race[] = RACES.filter(({ name }) => ACROSS_NAMES.has(name))
if (ACROSS.length !== ACROSS_NAMES.size) throw new Error('a race was renamed')
