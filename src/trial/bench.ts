/** What a test of the file runs in, and what is told of each thing that it expects. Types only. */
import type { ConfigSource, Location } from '../config/config.ts'
import type { Model } from '../load-model.ts'
import type { Context } from '../operations/context.ts'
import type { Decision } from './decisions.ts'
import type { FreshStores, Stores } from './given.ts'
import type { Recorder } from './recorder.ts'

export interface Bench {
  readonly model: Model
  readonly source: ConfigSource
  readonly recorder: Recorder
  readonly fresh: FreshStores
  /** of the user of the test */
  readonly contextOn: (stores: Stores) => Context
}

export interface ExpectationResult {
  /** `cannot delete books/1` */
  readonly text: string
  readonly location: Location
  readonly ok: boolean
  /** what came instead; of one that holds, how it was refused where no right refused it */
  readonly message?: string
  /** what decided; of those that failed */
  readonly decisions: readonly Decision[]
}
