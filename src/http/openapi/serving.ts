/** What a document says of the server beside the model. The server's own wiring fits it; the command line makes one. */
import type { Config } from '../../config/config.ts'
import type { Route } from '../route.ts'

export interface Serving {
  /** `` or `/api` */
  readonly prefix: string
  /** those that are served */
  readonly routes: readonly Route[]
  /** null: everyone is anonymous */
  readonly auth: () => ServedAuth | null
}

export interface ServedAuth {
  /** name of the cookie */
  readonly cookie: string
  readonly required: boolean
  /** null: there is no POST /login */
  readonly logIn: unknown
}

/** As `backo serve` of this file would serve. */
export function servingOf({ server, auth }: Config, routes: readonly Route[]): Serving {
  const served = auth && { ...auth, logIn: auth.login ?? null }
  return { prefix: server.prefix, routes, auth: () => served ?? null }
}
