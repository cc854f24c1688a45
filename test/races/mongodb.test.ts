/**
 * Races in one process on mongodb; those of processes.test.ts only in a heavier run. `BACKO_RACES=20` makes them
 * longer, `BACKO_RACE=name` picks some.
 */
import { racesIn } from './in-process.ts'
import { ALONE, RACES } from './rows/index.ts'
import { HEAVIER } from './run-race.ts'

await racesIn('mongodb', HEAVIER > 1 ? RACES : ALONE)
