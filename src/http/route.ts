/**
 * What a row of the table of routes says, what it is asked and what it answers. Types alone: the rows are in
 * routes.ts and in files beside it.
 */
import type { Readable } from 'node:stream'
import type { LogIn } from '../auth/login.ts'
import type { Collection } from '../model/backoffice.ts'
import type { Context, OperationLog, Pairs, Running } from '../operations/context.ts'
import type { EventStreams } from './event-streams.ts'
import type { FileAnswer } from '../operations/files/read-file.ts'
import type { Operations } from './operations.ts'
import type { Serving } from './openapi/serving.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** `json`: application/json must come; `patch`: that or one of the patch types; `optional`: JSON, if anything. */
export type BodyKind = 'none' | 'json' | 'patch' | 'optional'

/** Built by scripts/pages.mjs. */
export type PageName = 'admin' | 'docs'

/** A request as a row sees it. */
export interface Call {
  readonly operations: Operations
  readonly context: Context
  readonly query: Pairs
  readonly body: unknown
  /** the body came as application/merge-patch+json */
  readonly merge: boolean
  readonly ifMatch: string | undefined
  /** what stands in the path at `:selection`, `:action`, `:id` */
  readonly params: Readonly<Record<string, string>>
  /** of the server: `` or `/api` */
  readonly prefix: string
  readonly serving: Serving
}

/** What goes back. `etag` is without quotes, `locate` is the id for `Location`. */
export interface Answer {
  readonly text?: string
  readonly etag?: string
  readonly locate?: string
  /** a token for the cookie; null takes the cookie away */
  readonly token?: string | null
  /** instead of `text`, for what is no JSON */
  readonly bytes?: Uint8Array
  /** instead of `text`, for what goes on until one of both ends it */
  readonly stream?: Readable
  /** beside those that every answer has, or in their place */
  readonly headers?: Readonly<Record<string, string>>
  /** in place of all of these: the content of a file */
  readonly file?: FileAnswer
}

export interface ServerNow {
  readonly running: Running
  /** it was asked to end: others are to be asked from now on */
  readonly draining: boolean
}

/** Gives the text of `/_metrics`. */
export type ReadFigures = () => Promise<string>

/** A request to log in or out. */
export interface LoginCall {
  readonly logIn: LogIn
  readonly running: Running
  readonly body: unknown
  readonly log: OperationLog
  /** what counts as one client */
  readonly address: string
}

/** The client of an answer that goes on, and what it takes to go on. */
export interface Live {
  readonly lastEventId: string | undefined
  /** HEAD: nothing goes on */
  readonly headOnly: boolean
  /** the user of the request as he is now. @throws BackoError when his token is not valid any more */
  readonly again: () => Promise<Context>
  /** whose answers that go on are counted together */
  readonly who: string
  readonly streams: EventStreams
}

interface RouteFacts {
  /** names the operation in OpenAPI */
  readonly name: string
  readonly method: Method
  /** under the prefix; `:app`, `:coll`, `:id` are percent-decoded once */
  readonly path: string
  readonly description: string
  readonly body: BodyKind
  /** of the answer when all is well */
  readonly status: 200 | 201 | 204
  /** what else it may answer, besides 400, 401, 500 and 503 that any may */
  readonly errors: readonly number[]
  /** media type of the answer when all is well; default JSON */
  readonly media?: string
  /** multipart/form-data is read too, where the collection has files */
  readonly form?: true
  /** the key of `server:` without which it is not served */
  readonly needs?: Needs
}

/** Parts of the server that backo.yaml may leave out. */
export type Needs = 'docs' | 'admin' | 'metrics'
export type Served = { readonly [name in Needs]?: boolean | 'when_asked' }

export type Route = RouteFacts &
  (
    | {
        readonly scope: 'server'
        readonly run: (operations: Operations, now: ServerNow) => Promise<Answer>
      }
    /** under the prefix, there only with `auth.login` */
    | { readonly scope: 'login'; readonly run: (call: LoginCall) => Promise<Answer> }
    /** for people; it holds no data. `known`: only for whom `auth.required` lets in, else read by anyone */
    | { readonly scope: 'page'; readonly page: PageName; readonly known?: true }
    /** who may read them: see door.ts */
    | { readonly scope: 'figures'; readonly run: (figures: ReadFigures) => Promise<Answer> }
    | { readonly scope: 'application'; readonly run: (call: Call) => Answer | Promise<Answer> }
    | {
        readonly scope: 'collection'
        readonly run: (call: Call, collection: Collection) => Answer | Promise<Answer>
      }
    | {
        readonly scope: 'live'
        readonly run: (call: Call, collection: Collection, live: Live) => Promise<Answer>
      }
    | {
        readonly scope: 'item'
        readonly run: (call: Call, collection: Collection, id: string) => Answer | Promise<Answer>
      }
  )
