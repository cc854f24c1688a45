/** Races in one process on memory. `BACKO_RACES=20` makes them longer, `BACKO_RACE=name` picks some. */
import { racesIn } from './in-process.ts'
import { RACES } from './rows/index.ts'

await racesIn('memory', RACES)
